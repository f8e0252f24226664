using Anhu.Modules.Alarms;

namespace Anhu.Modules.Documents;

/// <summary>Words of documents, which are Chinese whatever language the worker reads.</summary>
internal static class ChineseWords
{
    private static readonly Dictionary<string, string> Relations = new(StringComparer.Ordinal)
    {
        ["spouse"] = "配偶", ["former-spouse"] = "前配偶", ["cohabitant"] = "同居者", ["dating"] = "恋爱对象", ["former-dating"] = "前恋爱对象", ["parent"] = "父母", ["child"] = "子女",
        ["in-law"] = "姻亲", ["sibling"] = "兄弟姐妹", ["grandparent"] = "祖父母、外祖父母", ["guardian"] = "监护人", ["other-relative"] = "其他亲属", ["other"] = "其他",
    };

    public static string? Sex(Sex? sex) => sex switch { Alarms.Sex.Female => "女", Alarms.Sex.Male => "男", _ => null };

    /// <summary>A relation; one that another system named in its own words stays as it is.</summary>
    public static string? Relation(string? relation) => relation is null ? null : Relations.GetValueOrDefault(relation, relation);

    public static string Class(int @class) => @class switch { 1 => "一级", 2 => "二级", _ => "三级" };
}
