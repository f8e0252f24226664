using System.Text.RegularExpressions;

namespace Anhu.Modules.Narratives;

/// <summary>A pattern that runs in time linear in the text. Building all of a document takes most of a second, so each is built at its first use and not at start.</summary>
/// <param name="text">The pattern, which <see cref="Check"/> has found usable.</param>
internal sealed partial class WordPattern(string text)
{
    private const int MaxLength = 4000;

    private readonly Lazy<Regex> regex = new(() => new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture));

    /// <summary>Finds nothing.</summary>
    public static WordPattern Never { get; } = new(@"[^\s\S]");

    /// <summary>What keeps a pattern from being used; null when nothing does.</summary>
    /// <param name="text">The pattern.</param>
    public static string? Check(string text)
    {
        if (text.Length > MaxLength)
        {
            return $"longer than {MaxLength} characters with its phrases";
        }

        if (Unsupported().Match(text) is { Success: true } found)
        {
            return $"{found.Value} looks around or back";
        }

        try
        {
            _ = new Regex(text, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    public bool IsMatch(string input) => regex.Value.IsMatch(input);

    public MatchCollection Matches(string input) => regex.Value.Matches(input);

    [GeneratedRegex(@"\(\?([=!>(]|<[=!])|\\[1-9k]")]
    private static partial Regex Unsupported();
}
