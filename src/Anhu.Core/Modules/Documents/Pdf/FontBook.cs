using System.Text;
using SkiaSharp;

namespace Anhu.Modules.Documents.Pdf;

/// <summary>A hand of Chinese print.</summary>
public enum FontRole
{
    /// <summary>宋体.</summary>
    Song,

    /// <summary>仿宋: the text of official documents.</summary>
    FangSong,

    /// <summary>黑体: headings.</summary>
    Hei,

    /// <summary>楷体.</summary>
    Kai,

    /// <summary>小标宋: titles.</summary>
    Title,
}

/// <summary>Where fonts are.</summary>
public sealed class FontSettings
{
    /// <summary>File of 宋体, with <c>#number</c> for a face of a collection; likewise the others. Empty: looked for.</summary>
    public string Song { get; set; } = "";

    /// <summary>File of 仿宋.</summary>
    public string FangSong { get; set; } = "";

    /// <summary>File of 黑体.</summary>
    public string Hei { get; set; } = "";

    /// <summary>File of 楷体.</summary>
    public string Kai { get; set; } = "";

    /// <summary>File of 小标宋.</summary>
    public string Title { get; set; } = "";

    /// <summary>Folders to look for fonts in, before the system's.</summary>
    public IReadOnlyList<string> Folders { get; set; } = [];
}

/// <summary>A font is missing; the message says what to do.</summary>
/// <param name="message">What is wrong.</param>
public sealed class FontMissingException(string message) : Exception(message);

/// <summary>
/// The fonts of documents. SkiaSharp's build without dependencies does not know the system's fonts, so they are found by their files' names: those that
/// cities have (FangSong, SimHei …), then free ones. A hand that is missing is written in the nearest one.
/// </summary>
public sealed class FontBook(FontSettings settings) : IDisposable
{
    private static readonly Dictionary<FontRole, string[]> Names = new()
    {
        [FontRole.FangSong] = ["simfang.ttf", "fzfsk.ttf", "fangsong_gb2312.ttf", "fangsong.ttf", "stfangso.ttf", "zhuquefangsong-regular.ttf"],
        [FontRole.Song] = ["simsun.ttc", "simsun.ttf", "sourcehanserifsc-regular.otf", "notoserifcjksc-regular.otf", "notoserifsc-regular.otf", "notoserifcjk-regular.ttc#2", "uming.ttc"],
        [FontRole.Hei] = ["simhei.ttf", "fzhtk.ttf", "sourcehansanssc-regular.otf", "notosanscjksc-regular.otf", "notosanssc-regular.otf", "notosanscjk-regular.ttc#2", "wqy-microhei.ttc", "wqy-zenhei.ttc"],
        [FontRole.Kai] = ["simkai.ttf", "fzktk.ttf", "kaiti_gb2312.ttf", "stkaiti.ttf", "ukai.ttc", "lxgwwenkai-regular.ttf"],
        [FontRole.Title] = ["fzxbsjw.ttf", "fzxiaobiaosong-b05s.ttf", "fzxbsk.ttf", "sourcehanserifsc-bold.otf", "notoserifcjksc-bold.otf", "notoserifcjk-bold.ttc#2"],
    };

    private static readonly Dictionary<FontRole, string[]> BoldNames = new()
    {
        [FontRole.Song] = ["sourcehanserifsc-bold.otf", "notoserifcjksc-bold.otf", "notoserifcjk-bold.ttc#2"],
        [FontRole.Hei] = ["sourcehansanssc-bold.otf", "notosanscjksc-bold.otf", "notosanscjk-bold.ttc#2"],
    };

    private static readonly Dictionary<FontRole, FontRole[]> Nearest = new()
    {
        [FontRole.FangSong] = [FontRole.Song, FontRole.Kai, FontRole.Hei],
        [FontRole.Song] = [FontRole.FangSong, FontRole.Hei, FontRole.Kai],
        [FontRole.Hei] = [FontRole.Song, FontRole.FangSong],
        [FontRole.Kai] = [FontRole.FangSong, FontRole.Song, FontRole.Hei],
        [FontRole.Title] = [FontRole.Song, FontRole.Hei, FontRole.FangSong],
    };

    private readonly Lock opening = new();
    private readonly Dictionary<(FontRole, bool), SKTypeface?> faces = [];
    private Dictionary<string, string>? files;

    /// <summary>The role of a font's name in Word.</summary>
    /// <param name="name">The name.</param>
    public static FontRole RoleOf(string? name) => name switch
    {
        null => FontRole.Song,
        _ when name.Contains("仿宋", StringComparison.Ordinal) || name.Contains("FangSong", StringComparison.OrdinalIgnoreCase) => FontRole.FangSong,
        _ when name.Contains("标宋", StringComparison.Ordinal) || name.Contains("BiaoSong", StringComparison.OrdinalIgnoreCase) => FontRole.Title,
        _ when name.Contains('楷') || name.Contains("Kai", StringComparison.OrdinalIgnoreCase) => FontRole.Kai,
        _ when name.Contains('黑') || name.Contains("Hei", StringComparison.OrdinalIgnoreCase) || name.Contains("Sans", StringComparison.OrdinalIgnoreCase) => FontRole.Hei,
        _ => FontRole.Song,
    };

    /// <summary>The face of a role.</summary>
    /// <param name="role">The role.</param>
    /// <param name="bold">Whether in bold; the common weight where there is none.</param>
    /// <exception cref="FontMissingException">There is no Chinese font at all, or the one that the settings name can't be read.</exception>
    public SKTypeface Face(FontRole role, bool bold)
    {
        lock (opening)
        {
            return (bold ? Find(role, true) ?? Nearest[role].Select(r => Find(r, true)).FirstOrDefault(f => f is not null) : null)
                ?? Find(role, false)
                ?? Nearest[role].Select(r => Find(r, false)).FirstOrDefault(f => f is not null)
                ?? throw new FontMissingException(
                    "No Chinese font was found. Install one (Debian: fonts-noto-cjk), or name a file with Anhu:Documents:Fonts:FangSong (ANHU_Anhu__Documents__Fonts__FangSong), with #number for a face of a .ttc.");
        }
    }

    /// <summary>A face that has a character: the role's own, else any; null when none has it.</summary>
    /// <param name="role">The role.</param>
    /// <param name="bold">Whether in bold.</param>
    /// <param name="rune">The character.</param>
    public SKTypeface? FaceOf(FontRole role, bool bold, Rune rune)
    {
        var own = Face(role, bold);
        if (Has(own, rune))
        {
            return own;
        }

        lock (opening)
        {
            return Nearest[role].Select(r => Find(r, false)).FirstOrDefault(f => f is not null && Has(f, rune));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var face in faces.Values)
        {
            face?.Dispose();
        }
    }

    private static bool Has(SKTypeface face, Rune rune)
    {
        using var font = new SKFont(face);
        return font.ContainsGlyph(rune.Value);
    }

    private SKTypeface? Find(FontRole role, bool bold)
    {
        if (!faces.TryGetValue((role, bold), out var face))
        {
            face = Named(role, bold) ?? (bold ? BoldNames : Names).GetValueOrDefault(role, []).Select(Open).FirstOrDefault(f => f is not null);
            faces[(role, bold)] = face;
        }

        return face;
    }

    private SKTypeface? Named(FontRole role, bool bold)
    {
        var named = role switch { FontRole.Song => settings.Song, FontRole.FangSong => settings.FangSong, FontRole.Hei => settings.Hei, FontRole.Kai => settings.Kai, FontRole.Title => settings.Title };
        if (bold || named.Length == 0)
        {
            return null;
        }

        var (path, index) = Split(named);
        return (File.Exists(path) ? SKTypeface.FromFile(path, index) : null)
            ?? throw new FontMissingException($"The font {named} of Anhu:Documents:Fonts:{role} can't be read.");
    }

    private SKTypeface? Open(string name)
    {
        files ??= Search();
        var (file, index) = Split(name);
        return files.TryGetValue(file, out var path) ? SKTypeface.FromFile(path, index) : null;
    }

    private Dictionary<string, string> Search()
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] system =
        [
            "/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(home, ".fonts"), Path.Combine(home, ".local/share/fonts"), "/System/Library/Fonts", "/Library/Fonts",
            Environment.GetFolderPath(Environment.SpecialFolder.Fonts),
        ];
        foreach (var folder in settings.Folders.Concat(system).Where(Directory.Exists))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 6 }))
            {
                found.TryAdd(Path.GetFileName(path), path);
            }
        }

        return found;
    }

    private static (string Path, int Index) Split(string name) =>
        name.LastIndexOf('#') is > 0 and var at && int.TryParse(name.AsSpan(at + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index)
            ? (name[..at], index) : (name, 0);
}
