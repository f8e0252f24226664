namespace Anhu.Modules.DataRequests;

/// <summary>Marks the texts of requests for data.</summary>
public sealed class DataRequestsText;
