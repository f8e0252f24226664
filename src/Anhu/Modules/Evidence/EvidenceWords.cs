using System.Globalization;
using Anhu.Modules.Scene;
using Microsoft.Extensions.Localization;

namespace Anhu.Modules.Evidence;

/// <summary>Puts files into the reader's words.</summary>
public sealed class EvidenceWords(SceneBook book, IStringLocalizer<EvidenceText> text)
{
    /// <summary>An item of the checklist; its code where no version has it.</summary>
    /// <param name="item">The item.</param>
    public string Item(string item) => book.Checklists.SelectMany(c => c.Items).FirstOrDefault(i => i.Id == item)?.Title.Text ?? item;

    /// <summary>What a file is and how large.</summary>
    /// <param name="file">The file.</param>
    public string What(EvidenceFile file) => text["What", text[$"Kind_{file.Kind}"], Size(file.Length)];

    /// <summary>A length.</summary>
    /// <param name="bytes">Bytes.</param>
    public static string Size(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.CurrentCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.CurrentCulture, $"{bytes / 1024.0:0} KB"),
        _ => string.Create(CultureInfo.CurrentCulture, $"{bytes / (1024.0 * 1024):0.0} MB"),
    };

    /// <summary>What stands for a file that shows nothing, and beside one that does.</summary>
    /// <param name="file">The file.</param>
    public string Alt(EvidenceFile file) => file.Caption is { } caption ? text["Alt", Item(file.Item), caption] : Item(file.Item);
}
