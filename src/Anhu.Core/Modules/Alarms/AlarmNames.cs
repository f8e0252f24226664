using System.Text.Json;

namespace Anhu.Modules.Alarms;

/// <summary>The contract's words for the enums, in kebab-case, indexed by value.</summary>
public static class AlarmNames
{
    private static readonly JsonEncodedText[] Channels = Encode<AlarmChannel>();
    private static readonly JsonEncodedText[] Categories = Encode<AlarmCategory>();
    private static readonly JsonEncodedText[] Roles = Encode<PartyRole>();
    private static readonly JsonEncodedText[] Sexes = Encode<Sex>();
    private static readonly JsonEncodedText[] Injuries = Encode<Injury>();

    /// <summary>First part of the source of what was entered by hand; the code of the unit follows.</summary>
    public const string ManualPrefix = "manual-";

    /// <summary>What is told of a source: of what was entered by hand not by which unit, which may be who reported.</summary>
    /// <param name="source">The source.</param>
    public static string Told(string source) => source.StartsWith(ManualPrefix, StringComparison.Ordinal) ? ManualPrefix.TrimEnd('-') : source;

    /// <summary>The word of a value, such as <c>walk-in</c>.</summary>
    /// <typeparam name="TEnum">One of the contract's enums.</typeparam>
    /// <param name="value">The value.</param>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => Encoded<TEnum>()[Convert.ToInt32(value, null)].Value;

    /// <summary>All words of an enum, in the order of its values.</summary>
    /// <typeparam name="TEnum">One of the contract's enums.</typeparam>
    public static IEnumerable<string> All<TEnum>()
        where TEnum : struct, Enum => Encoded<TEnum>().Select(w => w.Value);

    internal static JsonEncodedText[] Encoded<TEnum>()
        where TEnum : struct, Enum
    {
        if (typeof(TEnum) == typeof(AlarmChannel))
        {
            return Channels;
        }

        if (typeof(TEnum) == typeof(AlarmCategory))
        {
            return Categories;
        }

        if (typeof(TEnum) == typeof(PartyRole))
        {
            return Roles;
        }

        if (typeof(TEnum) == typeof(Sex))
        {
            return Sexes;
        }

        return typeof(TEnum) == typeof(Injury) ? Injuries : throw new NotSupportedException(typeof(TEnum).Name);
    }

    private static JsonEncodedText[] Encode<TEnum>()
        where TEnum : struct, Enum =>
        [.. Enum.GetNames<TEnum>().Select(name => JsonEncodedText.Encode(JsonNamingPolicy.KebabCaseLower.ConvertName(name)))];
}
