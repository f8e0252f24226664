using System.Globalization;
using Anhu.Modules.Organisation;

namespace Anhu.Modules.Cases;

/// <summary>Reads what addresses of pages carry. What is not understood is left out, as if it had not been asked for.</summary>
internal static class CaseQueryValues
{
    public static int? Class(string? value) => value is "1" or "2" or "3" ? value[0] - '0' : null;

    public static CaseState? State(string? value) => Member<CaseState>(value);

    public static Agency? Agency(string? value) => Member<Agency>(value);

    public static long? Cursor(string? value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static string? Region(string? value, OrganisationMap map) => value is { Length: > 0 } && map.Region(value) is not null ? value : null;

    private static T? Member<T>(string? value)
        where T : struct, Enum =>
        value is { Length: > 0 } && char.IsAsciiLetter(value[0]) && Enum.TryParse<T>(value, ignoreCase: true, out var member) ? member : null;
}
