using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Anhu.Data;
using Anhu.Web;

namespace Anhu.Modules.Audit;

/// <summary>
/// Takes signed checkpoints to places outside the store: a folder (another machine's, mounted here) or another agency's address. Whoever later writes the chains anew, with the store and all its
/// keys in hand, has to change those copies too.
/// </summary>
public sealed partial class CheckpointPublisher(Checkpoints checkpoints, AnhuSettings settings, IHttpClientFactory clients, ILogger<CheckpointPublisher> logger)
{
    /// <summary>The file in a folder, a line each.</summary>
    public const string FileName = "anhu-checkpoints.ndjson";

    /// <summary>Name of the HTTP client.</summary>
    public const string ClientName = "checkpoints";

    private const int Portion = 500;
    private const int LongestLine = 4096;
    private readonly Dictionary<string, DateTimeOffset> sent = [];

    /// <summary>Whether the city names such a place.</summary>
    public bool IsOn => settings.Audit.CheckpointsTo.Count > 0;

    /// <summary>Takes there what is not there yet. A place that is away gets it later.</summary>
    /// <param name="ct">Cancels.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var place in settings.Audit.CheckpointsTo)
        {
            try
            {
                await (Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? SendAsync(address, ct) : WriteAsync(place, ct));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                LogAway(place, e.GetType().Name);
            }
        }
    }

    /// <summary>Appends to the file what is later than its last whole line.</summary>
    private async Task WriteAsync(string folder, CancellationToken ct)
    {
        await using var file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var (last, isWhole) = await LastAsync(file, ct);
        var lines = new StringBuilder(isWhole ? "" : "\n");
        var begun = lines.Length;
        foreach (var checkpoint in await checkpoints.SinceAsync(last, Portion, ct))
        {
            lines.Append(JsonSerializer.Serialize(checkpoint, JsonText.Options)).Append('\n');
        }

        if (lines.Length > begun)
        {
            file.Seek(0, SeekOrigin.End);
            await file.WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()), ct);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Sends the newest after a start, then each that follows; a receiver may get one twice.</summary>
    private async Task SendAsync(Uri address, CancellationToken ct)
    {
        var due = sent.TryGetValue(address.ToString(), out var last) ? await checkpoints.SinceAsync(last, Portion, ct) : await checkpoints.NewestAsync(1, ct);
        using var client = clients.CreateClient(ClientName);
        foreach (var checkpoint in due)
        {
            using var content = JsonContent.Create(checkpoint, options: JsonText.Options);
            await content.LoadIntoBufferAsync(ct);
            using var answer = await client.PostAsync(address, content, ct);
            answer.EnsureSuccessStatusCode();
            sent[address.ToString()] = checkpoint.At;
        }
    }

    /// <summary>The time of the last checkpoint in a file, and whether its last line has an end; a line that a crash cut off counts as none.</summary>
    private static async Task<(DateTimeOffset? At, bool IsWhole)> LastAsync(FileStream file, CancellationToken ct)
    {
        var end = new byte[Math.Min(file.Length, 4 * LongestLine)];
        file.Seek(-end.Length, SeekOrigin.End);
        await file.ReadExactlyAsync(end, ct);
        foreach (var line in Encoding.UTF8.GetString(end).Split('\n', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            try
            {
                if (JsonSerializer.Deserialize<PublishedCheckpoint>(line, JsonText.Options) is { Signature.Length: > 0 } checkpoint)
                {
                    return (checkpoint.At, end[^1] == '\n');
                }
            }
            catch (JsonException)
            {
                // Cut off.
            }
        }

        return (null, end.Length == 0 || end[^1] == '\n');
    }

    [LoggerMessage(LogLevel.Error, "Checkpoints could not be taken to {Place}: {Reason}; it is tried again each minute")]
    private partial void LogAway(string place, string reason);
}
