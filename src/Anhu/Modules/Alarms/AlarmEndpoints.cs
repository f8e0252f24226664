using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using Anhu.Api;
using Anhu.Common;
using Anhu.Modules.Intake;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Http.Features;

namespace Anhu.Modules.Alarms;

/// <summary>The API of alarms.</summary>
public static class AlarmEndpoints
{
    private const int BatchLines = 10_000;
    private const int InFlight = 512;

    /// <summary>Maps the routes.</summary>
    /// <param name="app">Routes.</param>
    public static void MapAlarms(this IEndpointRouteBuilder app)
    {
        var alarms = app.MapGroup("/api/v1/alarms").WithTags("Alarms").RequireAuthorization(Permissions.WriteAlarms);
        alarms.MapPut("/{source}/{sourceId}", PutAsync).WithName("PutAlarm").WithSummary("Takes one alarm revision; safe to repeat")
            .Accepts<AlarmBody>("application/json").Produces<AlarmAnswer>(StatusCodes.Status201Created).Produces<AlarmAnswer>()
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        alarms.MapPost("/batch", BatchAsync).WithName("PutAlarms").WithSummary("Takes up to 10,000 alarms, one JSON object a line; answers one line each, in order")
            .Accepts<AlarmBody>("application/x-ndjson").Produces<AlarmAnswer>(contentType: "application/x-ndjson");
    }

    private static async Task PutAsync(
        HttpContext http, string source, string sourceId, AlarmIntake intake, OrganisationDirectory organisation, TimeProvider time)
    {
        var ct = http.RequestAborted;
        if (!IsJson(http.Request.ContentType, "application/json"))
        {
            await Problem(http, StatusCodes.Status415UnsupportedMediaType, "alarms.not-json");
            return;
        }

        if (http.Request.ContentLength > AlarmLimits.Bytes)
        {
            await Problem(http, StatusCodes.Status413PayloadTooLarge, "alarms.too-large");
            return;
        }

        var map = await organisation.GetAsync(ct);
        var caller = Caller.From(http.User)!;
        AlarmReadResult read;
        var body = http.Request.BodyReader;
        while (true)
        {
            var part = await body.ReadAsync(ct);
            if (part.Buffer.Length > AlarmLimits.Bytes)
            {
                body.AdvanceTo(part.Buffer.End);
                await Problem(http, StatusCodes.Status413PayloadTooLarge, "alarms.too-large");
                return;
            }

            if (part.IsCompleted)
            {
                read = Read(part.Buffer, source, sourceId, new CityVocabulary(map), time.Now);
                body.AdvanceTo(part.Buffer.End);
                break;
            }

            body.AdvanceTo(part.Buffer.Start, part.Buffer.End);
        }

        if (!read.IsOk)
        {
            await TypedResults.ValidationProblem(read.Errors.ToTexts(CultureInfo.CurrentUICulture), type: "urn:anhu:alarms.invalid").ExecuteAsync(http);
            return;
        }

        try
        {
            var receipt = await intake.SubmitAsync(read.Report, caller.Actor, ct);
            await AnswerAsync(http, receipt);
        }
        catch (IntakeUnavailableException e)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(e.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await Problem(http, StatusCodes.Status503ServiceUnavailable, "alarms.not-durable");
        }
    }

    private static async Task AnswerAsync(HttpContext http, AlarmReceipt receipt)
    {
        switch (receipt.Status)
        {
            case AlarmStatus.Conflict:
                http.Response.StatusCode = StatusCodes.Status409Conflict;
                await Results.Problem(
                    statusCode: StatusCodes.Status409Conflict, type: "urn:anhu:alarms.conflict",
                    detail: $"Stored is revision {receipt.StoredRevision}; nothing changed.",
                    extensions: new Dictionary<string, object?> { ["code"] = "alarms.conflict", ["storedRevision"] = receipt.StoredRevision }).ExecuteAsync(http);
                return;
            case AlarmStatus.Created:
                http.Response.StatusCode = StatusCodes.Status201Created;
                http.Response.Headers.Location = $"/api/v1/cases/{receipt.CaseId}";
                break;
            case AlarmStatus.Updated or AlarmStatus.Duplicate:
                break;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        WriteAnswer(http.Response.BodyWriter, receipt);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>Lines are read, checked and submitted while earlier ones are still being written, and answered in order.</summary>
    private static async Task BatchAsync(HttpContext http, AlarmIntake intake, OrganisationDirectory organisation, TimeProvider time)
    {
        var ct = http.RequestAborted;
        if (!IsJson(http.Request.ContentType, "application/x-ndjson") && !IsJson(http.Request.ContentType, "application/json"))
        {
            await Problem(http, StatusCodes.Status415UnsupportedMediaType, "alarms.not-json");
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = 256L * 1024 * 1024;
        }

        var vocabulary = new CityVocabulary(await organisation.GetAsync(ct));
        var actor = Caller.From(http.User)!.Actor;
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        var answers = Channel.CreateBounded<Task<byte[]>>(InFlight);
        var writing = WriteAsync(http, answers.Reader, ct);
        var count = 0;
        try
        {
            await foreach (var line in NdjsonLines.ReadAsync(http.Request.BodyReader, AlarmLimits.Bytes, ct))
            {
                if (++count > BatchLines)
                {
                    await answers.Writer.WriteAsync(Task.FromResult(Line(413, "alarms.too-many-lines", null)), ct);
                    break;
                }

                await answers.Writer.WriteAsync(
                    line is null
                        ? Task.FromResult(Line(413, "alarms.too-large", null))
                        : LineAsync(line, vocabulary, actor, intake, time, ct),
                    ct);
            }
        }
        finally
        {
            answers.Writer.Complete();
            await writing;
        }
    }

    private static async Task<byte[]> LineAsync(
        byte[] line, CityVocabulary vocabulary, Timeline.Actor actor, AlarmIntake intake, TimeProvider time, CancellationToken ct)
    {
        var read = AlarmReportReader.Read(line, null, null, vocabulary, time.Now);
        if (!read.IsOk)
        {
            return Line(400, "alarms.invalid", read.Errors.ToTexts(CultureInfo.InvariantCulture));
        }

        try
        {
            var receipt = await intake.SubmitAsync(read.Report, actor, ct);
            if (receipt.Status == AlarmStatus.Conflict)
            {
                return Line(409, "alarms.conflict", null, receipt.StoredRevision);
            }

            var buffer = new ArrayBufferWriter<byte>(512);
            WriteAnswer(buffer, receipt);
            return [.. buffer.WrittenSpan, (byte)'\n'];
        }
        catch (IntakeUnavailableException)
        {
            return Line(503, "alarms.not-durable", null);
        }
    }

    private static async Task WriteAsync(HttpContext http, ChannelReader<Task<byte[]>> answers, CancellationToken ct)
    {
        var body = http.Response.BodyWriter;
        await foreach (var answer in answers.ReadAllAsync(ct))
        {
            body.Write(await answer);
            if (!answers.TryPeek(out var next) || !next.IsCompleted)
            {
                await body.FlushAsync(ct);
            }
        }
    }

    private static AlarmReadResult Read(ReadOnlySequence<byte> buffer, string source, string sourceId, CityVocabulary vocabulary, DateTimeOffset now) =>
        AlarmReportReader.Read(buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray(), source, sourceId, vocabulary, now);

    private static byte[] Line(int status, string code, Dictionary<string, string[]>? errors, int? storedRevision = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("status", "refused");
            json.WriteNumber("code", status);
            json.WriteString("type", $"urn:anhu:{code}");
            if (storedRevision is { } revision)
            {
                json.WriteNumber("storedRevision", revision);
            }

            if (errors is not null)
            {
                json.WritePropertyName("errors");
                JsonSerializer.Serialize(json, errors, ApiJson.Options);
            }

            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void WriteAnswer(IBufferWriter<byte> to, AlarmReceipt receipt)
    {
        using var json = new Utf8JsonWriter(to, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder });
        json.WriteStartObject();
        json.WriteString("alarmId", receipt.AlarmId);
        json.WriteString("caseId", receipt.CaseId);
        json.WriteString("caseNumber", receipt.CaseNumber);
        json.WriteString("status", receipt.Status switch
        {
            AlarmStatus.Created => "created",
            AlarmStatus.Updated => "updated",
            AlarmStatus.Duplicate => "duplicate",
            AlarmStatus.Conflict => "conflict",
        });
        if (receipt.ReportNumber is { } number)
        {
            json.WriteString("reportNumber", number);
        }

        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        json.WriteStartObject("grade");
        json.WriteNumber("class", receipt.Class);
        json.WriteStartArray("reasons");
        // The source may be a hospital or a school: what authority did before is read from the case, by those who may.
        foreach (var reason in receipt.Reasons.Where(r => !r.OfMeasures))
        {
            json.WriteStringValue(english ? reason.TextEn : reason.TextZh);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("duties");
        foreach (var duty in receipt.DutyIds)
        {
            json.WriteStringValue(duty);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool IsJson(string? contentType, string wanted) =>
        contentType is not null && contentType.AsSpan().TrimStart().StartsWith(wanted, StringComparison.OrdinalIgnoreCase);

    private static Task Problem(HttpContext http, int status, string code) =>
        Results.Problem(statusCode: status, type: $"urn:anhu:{code}", extensions: new Dictionary<string, object?> { ["code"] = code }).ExecuteAsync(http);
}

/// <summary>The answer to a stored alarm; documents the shape that is written by hand. <c>reportNumber</c> is there for mandatory reports only.</summary>
public sealed record AlarmAnswer(Guid AlarmId, Guid CaseId, string CaseNumber, string Status, string? ReportNumber, AlarmAnswerGrade Grade, IReadOnlyList<Guid> Duties);

/// <summary>Class and reasons.</summary>
public sealed record AlarmAnswerGrade(int Class, IReadOnlyList<string> Reasons);
