using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Anhu.Modules.Alarms;

/// <summary>What came out of reading one alarm: the report, or everything that is wrong with it.</summary>
/// <param name="Report">The report; null when something is wrong.</param>
/// <param name="Errors">What is wrong; null when nothing is.</param>
public readonly record struct AlarmReadResult(AlarmReport? Report, FieldErrors? Errors)
{
    /// <summary>True when there is a report.</summary>
    [MemberNotNullWhen(true, nameof(Report))]
    [MemberNotNullWhen(false, nameof(Errors))]
    public bool IsOk => Report is not null;
}

/// <summary>
/// Reads one alarm of the contract and names every wrong field at once. It is the only way in for HTTP, batches, files and
/// the entry page. Serialisers stop at the first value of a wrong type without saying where, hence by hand.
/// </summary>
public static partial class AlarmReportReader
{
    private const int MaxDepth = 8;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads one alarm.</summary>
    /// <param name="utf8Json">One JSON object, with or without a byte order mark.</param>
    /// <param name="source">The source from the request's address; null when it is in the object (batch form).</param>
    /// <param name="sourceId">The alarm's name from the request's address; null when it is in the object.</param>
    /// <param name="vocabulary">Regions and units that exist.</param>
    /// <param name="now">The present instant, to refuse times of the future.</param>
    /// <returns>The report, or the errors.</returns>
    public static AlarmReadResult Read(ReadOnlySpan<byte> utf8Json, string? source, string? sourceId, IAlarmVocabulary vocabulary, DateTimeOffset now)
    {
        if (utf8Json.StartsWith(Encoding.UTF8.Preamble))
        {
            utf8Json = utf8Json[Encoding.UTF8.Preamble.Length..];
        }

        var parser = new Parser(utf8Json, vocabulary, now);
        if (!Utf8.IsValid(utf8Json))
        {
            parser.Fault(FieldErrors.Document, FieldFault.NotUtf8);
            return new AlarmReadResult(null, parser.Errors);
        }

        try
        {
            return parser.Read(source, sourceId);
        }
        catch (JsonException broken)
        {
            return new AlarmReadResult(null, Describe(utf8Json, broken));
        }
    }

    /// <summary>Reads a content that <see cref="AlarmReportWriter"/> wrote; what was valid then is not judged again by today's regions and clock.</summary>
    /// <param name="content">The stored content.</param>
    /// <exception cref="InvalidDataException">The content was not written by the writer.</exception>
    public static AlarmReport ReadStored(string content)
    {
        var result = Read(Encoding.UTF8.GetBytes(content), null, null, Anything.Instance, DateTimeOffset.MaxValue - TimeSpan.FromDays(10));
        return result.Report ?? throw new InvalidDataException("A stored alarm can't be read: " + string.Join("; ", result.Errors!.All.Select(e => e.Key + " " + e.Value[0].Code)));
    }

    private static FieldErrors Describe(ReadOnlySpan<byte> utf8Json, JsonException broken)
    {
        var position = $"{broken.LineNumber + 1}:{broken.BytePositionInLine + 1}";
        var errors = new FieldErrors();
        errors.Add(FieldErrors.Document, IsTruncated(utf8Json) ? FieldFault.Truncated : IsTooDeep(utf8Json) ? FieldFault.TooDeep : FieldFault.NotJson, position);
        return errors;
    }

    /// <summary>Read as the beginning of something longer, a truncated text has no fault.</summary>
    private static bool IsTruncated(ReadOnlySpan<byte> utf8Json)
    {
        var beginning = new Utf8JsonReader(utf8Json, isFinalBlock: false, new JsonReaderState(Options));
        try
        {
            while (beginning.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsTooDeep(ReadOnlySpan<byte> utf8Json)
    {
        var document = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = 10_000 });
        try
        {
            while (document.Read())
            {
                if (document.CurrentDepth >= MaxDepth)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Broken before it gets deep.
        }

        return false;
    }

    private sealed class Anything : IAlarmVocabulary
    {
        public static readonly Anything Instance = new();

        public bool RegionExists(string code) => true;

        public bool UnitExists(string code) => true;
    }

    private ref partial struct Parser(ReadOnlySpan<byte> utf8Json, IAlarmVocabulary vocabulary, DateTimeOffset now)
    {
        private Utf8JsonReader json = new(utf8Json, Options);
        private string? section;
        private int index = -1;

        public FieldErrors? Errors { get; private set; }

        public void Fault(string path, FieldFault fault, string? detail = null) => (Errors ??= new FieldErrors()).Add(path, fault, detail);

        public AlarmReadResult Read(string? source, string? sourceId)
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                json.Read();
                Fault(FieldErrors.Document, FieldFault.NotAnObject);
                return new AlarmReadResult(null, Errors);
            }

            var inAddress = (Source: source, SourceId: sourceId);
            int? revision = null, policeOpinion = null;
            DateTimeOffset? receivedAt = null;
            AlarmChannel? channel = null;
            AlarmCategory? category = null;
            string? summary = null;
            ReportedReporter? reporter = null;
            ReportedLocation? location = null;
            List<ReportedPerson> people = [];
            var indicators = new ReportedIndicators();
            ReportedDispatch? dispatch = null;

            uint seen = 0;
            while (NextField(AlarmFields.Alarm, ref seen, out var field))
            {
                switch (field)
                {
                    case 0: source = Text("source", AlarmLimits.Source); break;
                    case 1: sourceId = Text("sourceId", AlarmLimits.SourceId); break;
                    case 2: revision = Whole("revision", 1, int.MaxValue); break;
                    case 3: receivedAt = Time("receivedAt"); break;
                    case 4: channel = OneOf<AlarmChannel>("channel"); break;
                    case 5: category = OneOf<AlarmCategory>("category"); break;
                    case 6: summary = Text("summary", AlarmLimits.Summary, lines: true); break;
                    case 7: reporter = Reporter(); break;
                    case 8: location = Location(); break;
                    case 9: people = People(); break;
                    case 10: indicators = Indicators(); break;
                    case 11: dispatch = Dispatch(); break;
                    case 12: policeOpinion = Whole("policeOpinion", 1, 3); break;
                }
            }

            json.Read(); // Nothing may follow the object: throws if it does.

            source = Identity("source", inAddress.Source, source);
            sourceId = Identity("sourceId", inAddress.SourceId, sourceId);
            if (source is not null && source.AsSpan().ContainsAnyExcept(SourceCharacters))
            {
                Fault("source", FieldFault.NotAName);
            }

            Required("revision", revision is not null);
            Required("receivedAt", receivedAt is not null);
            Required("channel", channel is not null);
            Required("category", category is not null);
            if (summary is null && people.Count == 0 && !HasErrors("summary") && !HasErrors("people"))
            {
                Fault("summary", FieldFault.SummaryOrPeopleRequired);
            }

            if (Errors is not null)
            {
                return new AlarmReadResult(null, Errors);
            }

            return new AlarmReadResult(
                new AlarmReport
                {
                    Source = source!,
                    SourceId = sourceId!,
                    Revision = revision.GetValueOrDefault(),
                    ReceivedAt = receivedAt.GetValueOrDefault(),
                    Channel = channel.GetValueOrDefault(),
                    Category = category.GetValueOrDefault(),
                    Summary = summary,
                    Reporter = reporter,
                    Location = location,
                    People = people,
                    Indicators = indicators,
                    Dispatch = dispatch,
                    PoliceOpinion = policeOpinion,
                },
                null);
        }

        /// <summary>The name from the address of the request goes above one in the object, which may only repeat it.</summary>
        private string? Identity(string name, string? inAddress, string? value)
        {
            if (inAddress is null)
            {
                Required(name, value is not null);
                return value;
            }

            if (value is not null && value != inAddress)
            {
                Fault(name, FieldFault.DiffersFromAddress);
            }

            return CheckText(name, inAddress, name == "source" ? AlarmLimits.Source : AlarmLimits.SourceId, lines: false) ?? Missing(name);
        }

        private string? Missing(string name)
        {
            Required(name, false);
            return null;
        }

        private void Required(string name, bool there)
        {
            if (!there && !HasErrors(name))
            {
                Fault(name, FieldFault.Required);
            }
        }

        private readonly bool HasErrors(string path)
        {
            if (Errors is null)
            {
                return false;
            }

            foreach (var (wrong, _) in Errors.All)
            {
                if (wrong.StartsWith(path, StringComparison.Ordinal) && (wrong.Length == path.Length || wrong[path.Length] is '.' or '['))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
