namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>The courts' code set for protection orders (handbook §4.6 [S29]), by the options of our fields.</summary>
public static class ProtectionOrderCodes
{
    /// <summary>Measures 1 to 5 and 255 other; what SPC 2022 art. 10 names is "other" in the courts' set.</summary>
    public static IReadOnlyDictionary<string, int> Measures { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["no-violence"] = 1, ["no-harassment"] = 2, ["no-stalking"] = 3, ["no-contact"] = 4, ["move-out"] = 5, ["no-messages"] = 255, ["keep-away"] = 255, ["other"] = 255,
    };

    /// <summary>How the application was closed, by the state.</summary>
    public static IReadOnlyDictionary<string, int> Closings { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["issued"] = 1, ["rejected"] = 2, ["withdrawn"] = 3, ["deemed-withdrawn"] = 4, ["terminated"] = 5,
    };

    /// <summary>Changes of an order, by the action.</summary>
    public static IReadOnlyDictionary<string, int> Changes { get; } = new Dictionary<string, int>(StringComparer.Ordinal) { ["revoke"] = 1, ["vary"] = 2, ["extend"] = 3 };

    /// <summary>Relation of the respondent to the applicant; 7 is the platform's own, since the courts' set predates the Women's Law of 2023, art. 29.</summary>
    public static IReadOnlyDictionary<string, int> Relations { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["spouse"] = 1, ["parent-child"] = 2, ["siblings"] = 3, ["paternal-grandparent"] = 4, ["maternal-grandparent"] = 5, ["cohabiting"] = 6, ["former-or-dating"] = 7,
    };

    /// <summary>Bodies that apply in her place; those without a code of the courts are not here.</summary>
    public static IReadOnlyDictionary<string, int> Proxies { get; } = new Dictionary<string, int>(StringComparer.Ordinal) { ["committee"] = 3, ["relief"] = 4 };
}
