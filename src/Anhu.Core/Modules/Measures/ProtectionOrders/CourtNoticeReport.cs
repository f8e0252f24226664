using Anhu.Common;

namespace Anhu.Modules.Measures.ProtectionOrders;

/// <summary>A party as a court names it.</summary>
public sealed record CourtParty
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Citizen ID number.</summary>
    public string? IdNumber { get; init; }
}

/// <summary>What a court's system reports of a protection order: one step.</summary>
public sealed record CourtNoticeReport
{
    private static readonly string[] Served = ["applicant", "respondent", "station", "committee", "federation", "school", "others"];

    /// <summary>Events with the action of the order's table that each stands for.</summary>
    public static IReadOnlyDictionary<string, string> Actions { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["accepted"] = "accept", ["issued"] = "issue", ["rejected"] = "reject", ["withdrawn"] = "withdraw", ["deemed-withdrawn"] = "deem-withdrawn", ["terminated"] = "terminate",
        ["served"] = "serve", ["varied"] = "vary", ["extended"] = "extend", ["revoked"] = "revoke", ["change-refused"] = "refuse-change",
        ["reconsideration-asked"] = "ask-reconsideration", ["upheld"] = "uphold", ["overturned"] = "overturn", ["sanctioned"] = "sanction",
    };

    /// <summary>What happened: a key of <see cref="Actions"/>.</summary>
    public required string Event { get; init; }

    /// <summary>The court's case number (民保令), also for later rulings.</summary>
    public required string CaseNumber { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Number of the ruling; for a later ruling its own (民保更).</summary>
    public string? RulingNumber { get; init; }

    /// <summary>The applicant.</summary>
    public CourtParty? Applicant { get; init; }

    /// <summary>The respondent.</summary>
    public CourtParty? Respondent { get; init; }

    /// <summary>Accepted as urgent: the ruling is due within 24 hours.</summary>
    public bool Urgent { get; init; }

    /// <summary>Measures by the courts' codes: 1 to 5 and 255.</summary>
    public IReadOnlyList<int>? Measures { get; init; }

    /// <summary>Other measures in words, with code 255.</summary>
    public string? MeasureOther { get; init; }

    /// <summary>Term in months.</summary>
    public int? ValidMonths { get; init; }

    /// <summary>Term in days, beside the months.</summary>
    public int? ValidDays { get; init; }

    /// <summary>On whom it was served.</summary>
    public IReadOnlyList<string>? ServedTo { get; init; }

    /// <summary>The applicant's present address is on none of the papers served.</summary>
    public bool? AddressLeftOut { get; init; }

    /// <summary>Who asked for reconsideration: <c>applicant</c> or <c>respondent</c>.</summary>
    public string? AskedBy { get; init; }

    /// <summary>Sanctions: <c>admonition</c>, <c>fine</c>, <c>detention</c>.</summary>
    public IReadOnlyList<string>? Sanctions { get; init; }

    /// <summary>Fine in yuan.</summary>
    public int? Fine { get; init; }

    /// <summary>Detention in days.</summary>
    public int? DetentionDays { get; init; }

    /// <summary>Reasons.</summary>
    public string? Reason { get; init; }

    /// <summary>Everything that is wrong with it, each with its field.</summary>
    /// <param name="now">Now, UTC.</param>
    public IReadOnlyList<Failure> Check(DateTimeOffset now)
    {
        var faults = new List<Failure>();
        Wrong(!Actions.ContainsKey(Event), "event");
        Wrong(Measure.KeyOf(CaseNumber).Length is 0 or > Measure.NumberMaxLength, "caseNumber");
        Wrong(At > now.AddMinutes(1) || At.Year < 2016, "at");
        Wrong(RulingNumber is { } ruling && Measure.KeyOf(ruling).Length is 0 or > Measure.NumberMaxLength, "rulingNumber");
        Wrong(Event is "varied" or "extended" or "revoked" && RulingNumber is null, "rulingNumber");
        Wrong(Event is "issued" or "overturned" or "varied" && Measures is not { Count: > 0 }, "measures");
        Wrong(Measures?.Any(m => !ProtectionOrderCodes.Measures.Values.Contains(m)) == true, "measures");
        Wrong(Event is "issued" or "overturned" or "extended" && (ValidMonths ?? 0) + (ValidDays ?? 0) <= 0, "validMonths");
        Wrong(ValidMonths is < 0 or > 24, "validMonths");
        Wrong(ValidDays is < 0 or > 730, "validDays");
        Wrong(Event == "served" && ServedTo is not { Count: > 0 }, "servedTo");
        Wrong(ServedTo?.Any(s => !Served.Contains(s)) == true, "servedTo");
        Wrong(Event == "served" && AddressLeftOut != true, "addressLeftOut");
        Wrong(Event == "reconsideration-asked" && AskedBy is not ("applicant" or "respondent"), "askedBy");
        Wrong(Event == "sanctioned" && (Sanctions is not { Count: > 0 } || Sanctions.Any(s => s is not ("admonition" or "fine" or "detention"))), "sanctions");
        Wrong(Event is "rejected" or "change-refused" && string.IsNullOrWhiteSpace(Reason), "reason");
        foreach (var (text, field) in new[] { (Reason, "reason"), (MeasureOther, "measureOther"), (Applicant?.Name, "applicant.name"), (Applicant?.IdNumber, "applicant.idNumber"), (Respondent?.Name, "respondent.name"), (Respondent?.IdNumber, "respondent.idNumber") })
        {
            Wrong(text?.Length > 1000, field);
        }

        return faults;

        void Wrong(bool wrong, string field)
        {
            if (wrong && !faults.Exists(f => f.Field == field))
            {
                faults.Add(MeasureFailures.Invalid(field));
            }
        }
    }

    /// <summary>The fields of the order's step.</summary>
    /// <param name="row">The row of the table.</param>
    /// <param name="rules">Rules of orders.</param>
    internal Dictionary<string, object> Fields(MeasureRow row, MeasureRules rules)
    {
        var at = rules.Clock.Zone.ToLocal(At).ToString(Playbooks.DutyField.LocalTime, System.Globalization.CultureInfo.InvariantCulture);
        var all = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["number"] = CaseNumber, ["acceptedAt"] = at, ["issuedAt"] = at, ["ruledAt"] = at, ["servedAt"] = at, ["askedAt"] = at, ["urgent"] = Urgent ? "yes" : null,
            ["rulingNumber"] = RulingNumber, ["measureOther"] = MeasureOther, ["validMonths"] = ValidMonths, ["validDays"] = ValidDays, ["servedTo"] = ServedTo,
            ["addressLeftOut"] = AddressLeftOut == true ? "yes" : "no", ["askedBy"] = AskedBy, ["sanctions"] = Sanctions, ["fine"] = Fine, ["detentionDays"] = DetentionDays,
            ["reason"] = Reason,
            ["measures"] = Measures?.Select(code => code == 255 ? "other" : ProtectionOrderCodes.Measures.First(m => m.Value == code).Key).Distinct().ToArray(),
        };
        return row.Required.Concat(row.Optional).Where(f => all.GetValueOrDefault(f) is not null).ToDictionary(f => f, f => all[f]!, StringComparer.Ordinal);
    }
}
