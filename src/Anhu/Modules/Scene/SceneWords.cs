using Anhu.Components.Ui;
using Anhu.Modules.Alarms;
using Anhu.Modules.Cases;
using Anhu.Web;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Scene;

/// <summary>Puts what was tapped at a scene into the reader's words.</summary>
public sealed class SceneWords(SceneBook book, CityFormat format, IStringLocalizer<SceneText> text)
{
    /// <summary>An item; its code where no version of the documents has it.</summary>
    /// <param name="part">The part.</param>
    /// <param name="item">The item.</param>
    public string Item(ScenePart part, string item) => part switch
    {
        ScenePart.Check => book.Checklists.SelectMany(c => c.Items).FirstOrDefault(i => i.Id == item)?.Title.Text ?? item,
        ScenePart.Fact => book.Checklists.SelectMany(c => c.Facts).FirstOrDefault(f => f.Id == item)?.Title.Text ?? item,
        ScenePart.Danger => book.Instruments.SelectMany(i => i.Items.Where(x => i.NameOf(x) == item)).FirstOrDefault()?.Text.Text ?? item,
        ScenePart.Wound or ScenePart.Note => item,
    };

    /// <summary>A value.</summary>
    /// <param name="part">The part.</param>
    /// <param name="value">The value; empty or null where nothing holds.</param>
    public string Value(ScenePart part, string? value) => part switch
    {
        _ when string.IsNullOrEmpty(value) => text["Value_open"],
        ScenePart.Wound => SceneWound.Parse(value) is { } wound ? Wound(wound) : text["Value_withdrawn"],
        _ => text[$"Value_{value}"] is { ResourceNotFound: false } words ? words : value,
    };

    /// <summary>A wound.</summary>
    /// <param name="wound">The wound.</param>
    public string Wound(SceneWound wound) => text[
        "Wound_Line", text[$"Side_{wound.Side}"], Code(c => c.Regions, wound.Region), Code(c => c.Kinds, wound.Kind), Code(c => c.Sizes, wound.Size)];

    /// <summary>Who said what, when.</summary>
    /// <param name="part">The part.</param>
    /// <param name="saying">What was said.</param>
    /// <param name="workers">Names of workers.</param>
    public string Said(ScenePart part, SceneSaying saying, IReadOnlyDictionary<Guid, string> workers) =>
        text["Said", Who(saying, workers), format.Compact(saying.At), part == ScenePart.Note ? saying.Entry.Words ?? "" : Value(part, saying.Value)];

    /// <summary>Who said it.</summary>
    /// <param name="saying">What was said.</param>
    /// <param name="workers">Names of workers.</param>
    public string Who(SceneSaying saying, IReadOnlyDictionary<Guid, string> workers) =>
        saying.Entry.WorkerId is { } id ? workers.GetValueOrDefault(id) ?? text["Who_Former"] : text["Who_System", saying.Entry.ClientId ?? ""];

    /// <summary>What an instrument came to.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="result">The result.</param>
    public string Result(RiskInstrument instrument, RiskResult result)
    {
        var level = result.Level?.Title.Text ?? text["Danger_Open"].Value;
        var parts = new List<string> { result.Score is { } score ? text["Danger_Score", level, score, result.ScoreUpTo ?? score] : level };
        if (result.CouldReach is { } more)
        {
            parts.Add(text["Danger_Could", result.Missing.Count, more.Title.Text]);
        }
        else if (result.Missing.Count > 0)
        {
            parts.Add(text["Danger_Missing", result.Missing.Count]);
        }

        return string.Concat(parts);
    }

    /// <summary>How a result should strike the reader.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="result">The result.</param>
    public static Tone ToneOf(RiskInstrument instrument, RiskResult result) =>
        result.Level is null ? Tone.Neutral : result.Level == instrument.Levels[^1] ? Tone.Bad : result.Level == instrument.Levels[0] ? Tone.Good : Tone.Warn;

    private string Code(Func<SceneChecklist, IReadOnlyList<SceneCode>> of, string id) => book.Checklists.SelectMany(of).FirstOrDefault(c => c.Id == id)?.Title.Text ?? id;
}
