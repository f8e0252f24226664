namespace Anhu.Modules.MandatoryReports;

/// <summary>Names the texts of mandatory reports.</summary>
public sealed class ReportsText;
