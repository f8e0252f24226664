using Anhu.Common;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Security;
using Anhu.Modules.Timeline;

namespace Anhu.Web;

/// <summary>
/// Tells the log of views what a request shows. Recording begins as soon as it is known what will be shown and goes on while the rest is read;
/// nothing is shown before <see cref="DoneAsync"/>, which pages wait for by themselves.
/// </summary>
public sealed class ViewRecorder(ViewLog log, ViewNotes notes, CallerAccessor callers, IHttpContextAccessor http, TimeProvider time)
{
    private readonly List<Task> writing = [];

    /// <summary>What is known of a case is shown.</summary>
    /// <param name="type">What is looked at (<see cref="ViewTypes"/>).</param>
    /// <param name="caseId">The case.</param>
    /// <param name="sight">How much of it; null for the card of a task of the caller's own unit.</param>
    /// <param name="dutyId">The duty through which it is seen.</param>
    public void Case(string type, Guid caseId, CaseSight? sight, Guid? dutyId = null) => writing.Add(CaseAsync(type, caseId, sight, dutyId));

    /// <summary>A list is shown.</summary>
    /// <param name="list">Which.</param>
    /// <param name="shown">How many lines.</param>
    /// <param name="filter">What it was asked for.</param>
    public void List(string list, int shown, params ReadOnlySpan<(string Name, object? Value)> filter) =>
        Add(ViewTypes.List, null, null, [("list", list), ("shown", shown), .. filter]);

    /// <summary>What a search found is shown.</summary>
    /// <param name="list">In which list.</param>
    /// <param name="words">What was searched for; kept sealed.</param>
    /// <param name="shown">How many lines.</param>
    public void Search(string list, string words, int shown) => writing.Add(SearchAsync(list, words, shown));

    /// <summary>A duty is shown as it stands in lists, without more of its case.</summary>
    /// <param name="type">What is looked at (<see cref="ViewTypes"/>).</param>
    /// <param name="duty">The duty.</param>
    public void Line(string type, DutyLine duty) =>
        Add(type, duty.CaseId, duty.DutyId, [("tie", duty.OwnerUnitId == callers.Required.UnitId ? CaseRelation.Working : null)]);

    /// <summary>Something else is shown.</summary>
    /// <param name="type">What (<see cref="ViewTypes"/>).</param>
    /// <param name="caseId">The case that it tells of.</param>
    /// <param name="more">What else is to be known.</param>
    public void Saw(string type, Guid? caseId = null, params ReadOnlySpan<(string Name, object? Value)> more) => Add(type, caseId, null, more);

    /// <summary>Waits until all that is shown is recorded.</summary>
    /// <exception cref="ViewNotRecordedException">It can't be recorded now: nothing may be shown.</exception>
    public async Task DoneAsync()
    {
        if (writing.Count > 0)
        {
            await Task.WhenAll(writing);
            writing.Clear();
        }
    }

    private async Task CaseAsync(string type, Guid caseId, CaseSight? sight, Guid? dutyId)
    {
        var why = sight?.Grant is { } kind && callers.Required.WorkerId is { } worker ? await notes.ReasonAsync(worker, caseId, kind) : null;
        await RecordAsync(type, caseId, dutyId, [("view", sight?.View ?? CaseView.Card), ("tie", sight?.Relation ?? CaseRelation.Working), ("leave", sight?.Grant), ("why", why)]);
    }

    private async Task SearchAsync(string list, string words, int shown)
    {
        var own = callers.Required.WorkerId is { } worker && await notes.IsOwnAsync(worker, words);
        await RecordAsync(ViewTypes.Search, null, null, [("list", list), ("shown", shown), ("own", own ? true : null), ("words", words)]);
    }

    private void Add(string type, Guid? caseId, Guid? dutyId, ReadOnlySpan<(string Name, object? Value)> data) => writing.Add(RecordAsync(type, caseId, dutyId, data));

    private Task RecordAsync(string type, Guid? caseId, Guid? dutyId, ReadOnlySpan<(string Name, object? Value)> data)
    {
        var caller = callers.Required;
        var from = http.HttpContext?.Connection.RemoteIpAddress?.ToString();
        return log.RecordAsync(new PendingEvent(type, time.Now, caseId, dutyId, caller.UnitId, Data: EventData.Of([("from", from), .. data])), caller.Actor);
    }
}

/// <summary>Records requests for what the caller may not see or what is not there: guessing at addresses leaves a trace.</summary>
internal static class RefusedViews
{
    public static void UseRefusedViews(this IApplicationBuilder app) => app.Use(static async (context, next) =>
    {
        await next(context);
        if (context.Response.StatusCode is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound
            && context.GetEndpoint() is RouteEndpoint endpoint && context.Request.RouteValues.Values.Any(v => v is Guid || Guid.TryParse(v as string, out _))
            && context.RequestServices.GetRequiredService<CallerAccessor>().Current is not null)
        {
            var recorder = context.RequestServices.GetRequiredService<ViewRecorder>();
            recorder.Saw(ViewTypes.Refused, null, ("path", context.Request.Path.Value), ("status", context.Response.StatusCode));
            await recorder.DoneAsync();
        }
    });
}
