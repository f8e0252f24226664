namespace Anhu.Modules.Alarms;

/// <summary>The shape of an alarm in the API document. The reader checks it by hand, so that every wrong field is named at once.</summary>
public sealed record AlarmBody(
    int Revision, DateTimeOffset ReceivedAt, AlarmChannel Channel, AlarmCategory Category, string? Summary, ReportedReporter? Reporter,
    ReportedLocation? Location, IReadOnlyList<ReportedPerson>? People, ReportedIndicators? Indicators, ReportedDispatch? Dispatch, int? PoliceOpinion);
