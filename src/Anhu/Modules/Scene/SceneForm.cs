namespace Anhu.Modules.Scene;

/// <summary>Reads the page's form where there is no script: what differs from what was shown becomes taps.</summary>
internal static class SceneForm
{
    /// <summary>What a form's field holds when it is drawn; stands before the name.</summary>
    public const string Was = "was.";

    /// <summary>The taps that a posted form stands for.</summary>
    /// <param name="form">What was posted.</param>
    /// <param name="at">When, UTC.</param>
    public static IReadOnlyList<SceneTap> Read(IFormCollection form, DateTimeOffset at)
    {
        var taps = new List<SceneTap>();
        var count = at.ToUnixTimeMilliseconds();
        foreach (var was in form.Keys.Where(k => k.StartsWith(Was, StringComparison.Ordinal)).Take(RecordSceneHandler.MostAtOnce))
        {
            var name = was[Was.Length..];
            var value = ((string?)form[name] ?? "").Trim();
            if (value == ((string?)form[was] ?? "").Trim() || name.Split('.', 2) is not [var part, var item] || !Parts.TryGetValue(part, out var known))
            {
                continue;
            }

            taps.Add(new SceneTap
            {
                Id = Guid.CreateVersion7(at), Part = known, Item = item, Value = known == ScenePart.Note ? null : value, Words = known == ScenePart.Note ? value : null,
                MadeAt = at, Count = ++count, LeaksSeen = form["LeaksSeen"] == "true",
            });
        }

        if ((string?)form["wound.region"] is { Length: > 0 } place && (string?)form["wound.kind"] is { Length: > 0 } kind && (string?)form["wound.size"] is { Length: > 0 } size)
        {
            taps.Add(new SceneTap
            {
                Id = Guid.CreateVersion7(at), Part = ScenePart.Wound, Item = Guid.CreateVersion7(at).ToString("N"), Value = $"{place}:{kind}:{size}", MadeAt = at, Count = ++count,
            });
        }

        return taps;
    }

    private static readonly Dictionary<string, ScenePart> Parts = new(StringComparer.Ordinal)
    {
        ["check"] = ScenePart.Check, ["fact"] = ScenePart.Fact, ["danger"] = ScenePart.Danger, ["withdraw"] = ScenePart.Wound, ["note"] = ScenePart.Note,
    };
}
