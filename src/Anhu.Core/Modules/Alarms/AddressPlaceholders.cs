using System.Collections.Frozen;
using System.Text;

namespace Anhu.Modules.Alarms;

/// <summary>What sources write where an address should be. Taken for an address, it would make strangers neighbours: all callers of one city under one roof.</summary>
public static class AddressPlaceholders
{
    /// <summary>Compared without case, width, spaces and outer punctuation.</summary>
    private static readonly FrozenSet<string> Known = new[]
    {
        // Orlando's and other cities' public logs: withheld in every domestic and sexual call, masked to nothing, or never located.
        "RESTRICTED", "RESTRICTEDADDRESS", "ADDRESSRESTRICTED", "CONFIDENTIAL", "WITHHELD", "REDACTED", "PRIVATE",
        "1BLOCK", "0BLOCK", "BLOCK", "NOTAVAILABLE", "NOTRECORDED", "NOTPROVIDED", "NOTGIVEN", "NOADDRESS", "UNAVAILABLE",

        // What spreadsheets and forms leave behind.
        "", "NA", "N/A", "NULL", "NONE", "NIL", "UNKNOWN", "UNK", "TBD", "TEST", "ADDRESS", "X", "XX", "XXX", "0",

        // Call takers' words: secret, not known, refused, none.
        "保密", "地址保密", "涉密", "隐私", "不公开", "不便透露", "不愿透露", "拒绝透露", "拒绝提供", "未提供", "未填写", "未登记",
        "不详", "地址不详", "详细地址不详", "具体地址不详", "不明", "地址不明", "未知", "地址未知", "不清楚", "说不清", "待核实", "待查", "待定",
        "无", "无地址", "没有", "暂无", "空", "同上", "地址", "某地", "某处",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownSpans = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>True when the text stands for an address without being one.</summary>
    /// <param name="text">Text from an address field.</param>
    public static bool IsPlaceholder(string text)
    {
        const int longest = 24;
        if (text.Length > longest)
        {
            return false;
        }

        Span<char> key = stackalloc char[longest * 2];
        var length = 0;
        foreach (var c in text.IsNormalized(NormalizationForm.FormKC) ? text : text.Normalize(NormalizationForm.FormKC))
        {
            if (!char.IsWhiteSpace(c) && length < key.Length)
            {
                key[length++] = char.ToUpperInvariant(c);
            }
        }

        return KnownSpans.Contains(Bare(key[..length]));
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && !char.IsLetterOrDigit(text[0]))
        {
            text = text[1..];
        }

        while (text.Length > 0 && !char.IsLetterOrDigit(text[^1]))
        {
            text = text[..^1];
        }

        return text;
    }
}
