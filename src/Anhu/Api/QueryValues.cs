using System.Globalization;
using System.Text.Json;

namespace Anhu.Api;

/// <summary>Reads query parameters and names those that are wrong.</summary>
internal static class QueryValues
{
    /// <summary>A cursor of a list: a whole number.</summary>
    public static long? Cursor(string? value, string name, Dictionary<string, string[]> errors)
    {
        if (value is null)
        {
            return null;
        }

        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
        {
            return cursor;
        }

        errors[name] = ["Not a cursor of this list."];
        return null;
    }

    /// <summary>A member of an enum in kebab case.</summary>
    public static T? Kebab<T>(string? value, string name, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (value is null)
        {
            return null;
        }

        foreach (var member in Enum.GetValues<T>())
        {
            if (JsonNamingPolicy.KebabCaseLower.ConvertName(member.ToString()) == value)
            {
                return member;
            }
        }

        errors[name] = [$"One of: {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName))}."];
        return null;
    }

    /// <summary>A number within bounds.</summary>
    public static void Range(int? value, int from, int to, string name, Dictionary<string, string[]> errors)
    {
        if (value is { } number && (number < from || number > to))
        {
            errors[name] = [$"From {from} to {to}."];
        }
    }
}
