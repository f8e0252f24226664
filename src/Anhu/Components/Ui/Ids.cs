using System.Globalization;

namespace Anhu.Components.Ui;

/// <summary>Ids that are unique on a page, for tying labels and descriptions to elements.</summary>
internal static class Ids
{
    private static int last;

    public static string Next() => string.Create(CultureInfo.InvariantCulture, $"u{(uint)Interlocked.Increment(ref last) % 1_000_000}");

    /// <summary>An id made from a field's name (<c>Input.Address[0]</c>).</summary>
    /// <param name="name">The name attribute.</param>
    public static string Of(string name) => "f-" + string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '-'));
}
