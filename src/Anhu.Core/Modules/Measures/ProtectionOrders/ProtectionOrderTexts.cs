namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>What an application for a protection order says (handbook §6(f)), as texts for a template.</summary>
public static class ProtectionOrderTexts
{
    /// <summary>Makes them, for the court: with her present address where she wants it there.</summary>
    /// <param name="measure">The order.</param>
    /// <param name="rules">Rules of orders.</param>
    public static IReadOnlyDictionary<string, string> Of(Measure measure, MeasureRules rules)
    {
        string F(string name) => measure.Fields.GetValueOrDefault(name, "");
        bool Yes(string name) => F(name) is "yes" or "true";
        string Choices(string name) => string.Join("；", F(name).Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => rules.Fields[name].Options.FirstOrDefault(o => o.Id == id)?.Label.Zh ?? id));
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["court"] = F("court"), ["courtPlace"] = Choices("courtPlace"), ["relation"] = Choices("relation"), ["covered"] = F("covered"), ["requests"] = Choices("requests"),
            ["distance"] = F("distance"), ["places"] = F("places"), ["requestOther"] = F("requestOther"), ["requestMonths"] = F("requestMonths"), ["facts"] = F("facts"),
            ["urgent"] = Yes("urgent") ? F("urgentReason") : "", ["evidence"] = Choices("evidence"), ["evidenceHolders"] = F("evidenceHolders"),
            ["evidenceCollect"] = Choices("evidenceCollect"), ["evidenceNote"] = F("evidenceNote"), ["serviceAddress"] = F("serviceAddress"), ["servicePhone"] = F("servicePhone"),
            ["currentAddress"] = Yes("addressWanted") ? F("currentAddress") : "", ["respondentAddress"] = F("respondentAddress"), ["respondentPhone"] = F("respondentPhone"),
            ["respondentJob"] = F("respondentJob"), ["proxyName"] = F("applicantWay") == "proxy" ? F("proxyName") : "",
            ["proxyGround"] = F("applicantWay") == "proxy" ? Choices("proxyGround") : "", ["proxyKind"] = F("applicantWay") == "proxy" ? Choices("proxyKind") : "",
        };
        foreach (var (part, stored) in new[] { ("applicant", "protects"), ("respondent", "against") })
        {
            texts[$"{part}Name"] = F($"{stored}.name");
            texts[$"{part}Sex"] = F($"{stored}.sex");
            texts[$"{part}BirthDate"] = F($"{stored}.birthDate");
            texts[$"{part}IdNumber"] = F($"{stored}.idNumber");
        }

        return texts;
    }

    /// <summary>What the evidence list of the 2022 provisions still lacks, and what else an application needs: ids of fields, first those without which it can't be filed.</summary>
    /// <param name="fields">What is filled in.</param>
    public static IReadOnlyList<string> Missing(IReadOnlyDictionary<string, string> fields)
    {
        bool Empty(string name) => fields.GetValueOrDefault(name, "").Length == 0;
        var missing = new List<string>(((string[])["applicantWay", "court", "courtPlace", "relation", "requests", "facts", "serviceAddress"]).Where(Empty));
        var way = fields.GetValueOrDefault("applicantWay", "");
        missing.AddRange(((string[])(way == "proxy" ? ["proxyGround", "proxyKind", "proxyName"] : ["consent"])).Where(Empty));
        missing.AddRange(((string[])["evidence", "evidenceHolders", "requestMonths", "respondentAddress"]).Where(Empty));
        return missing;
    }
}
