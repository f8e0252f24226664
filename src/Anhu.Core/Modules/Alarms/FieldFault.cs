using System.Globalization;
using System.Text.Json;

namespace Anhu.Modules.Alarms;

/// <summary>What can be wrong with a field of an alarm.</summary>
public enum FieldFault
{
    /// <summary>The document is not JSON.</summary>
    NotJson,

    /// <summary>The document ends too early.</summary>
    Truncated,

    /// <summary>The document is not UTF-8.</summary>
    NotUtf8,

    /// <summary>The document is nested deeper than an alarm can be.</summary>
    TooDeep,

    /// <summary>More is wrong than is listed.</summary>
    TooManyFaults,

    /// <summary>A row of a file has more or fewer cells than the file has columns.</summary>
    WrongColumnCount,

    /// <summary>A quoted cell never ends.</summary>
    UnclosedQuote,

    /// <summary>The contract has no such field.</summary>
    UnknownField,

    /// <summary>The field is there twice.</summary>
    DuplicateField,

    /// <summary>The field is missing.</summary>
    Required,

    /// <summary>Neither summary nor people are there.</summary>
    SummaryOrPeopleRequired,

    /// <summary>Not an object.</summary>
    NotAnObject,

    /// <summary>Not a list.</summary>
    NotAList,

    /// <summary>Not text.</summary>
    NotText,

    /// <summary>Not true or false.</summary>
    NotTrueOrFalse,

    /// <summary>Not a number.</summary>
    NotANumber,

    /// <summary>Not a whole number.</summary>
    NotAWholeNumber,

    /// <summary>Outside the range in the detail.</summary>
    OutOfRange,

    /// <summary>None of the values in the detail.</summary>
    NotOneOf,

    /// <summary>More characters than the detail says.</summary>
    TooLong,

    /// <summary>More entries than the detail says.</summary>
    TooMany,

    /// <summary>A control or direction character in the text.</summary>
    ControlCharacter,

    /// <summary>Half a character: a surrogate without its other half.</summary>
    BrokenText,

    /// <summary>Not letters, digits, dot, hyphen and underscore.</summary>
    NotAName,

    /// <summary>Differs from the one in the address of the request.</summary>
    DiffersFromAddress,

    /// <summary>Not an RFC 3339 time.</summary>
    NotATime,

    /// <summary>A time without an offset.</summary>
    NoOffset,

    /// <summary>More than a day ahead of now.</summary>
    TooFarAhead,

    /// <summary>Before any dispatch system; a clock or an empty field that became a date.</summary>
    TooLongAgo,

    /// <summary>Not a date that exists, yyyy-MM-dd.</summary>
    NotADate,

    /// <summary>A birth date after today or of nobody alive.</summary>
    ImpossibleBirthDate,

    /// <summary>An old 15-digit ID number.</summary>
    IdNumberOf15Digits,

    /// <summary>Not 17 digits and a check character.</summary>
    NotAnIdNumber,

    /// <summary>The check character is wrong.</summary>
    IdNumberCheck,

    /// <summary>The ID number contains no possible birth date.</summary>
    IdNumberBirthDate,

    /// <summary>The area part is a zone that only statistics use.</summary>
    IdNumberArea,

    /// <summary>The ID number's birth date is not the one given.</summary>
    IdNumberContradictsBirthDate,

    /// <summary>The ID number's sex is not the one given.</summary>
    IdNumberContradictsSex,

    /// <summary>Not 12 or 15 digits.</summary>
    NotARegionCode,

    /// <summary>No such region in the city.</summary>
    NoSuchRegion,

    /// <summary>No such unit in the city.</summary>
    NoSuchUnit,
}

/// <summary>One thing that is wrong with one field.</summary>
/// <param name="Fault">What.</param>
/// <param name="Detail">A limit, a list of allowed values or a position; never what was sent.</param>
public sealed record FieldError(FieldFault Fault, string? Detail = null)
{
    /// <summary>Stable code such as <c>id-number-check</c>.</summary>
    public string Code => JsonNamingPolicy.KebabCaseLower.ConvertName(Fault.ToString());

    /// <summary>The fault in words.</summary>
    /// <param name="culture">English for <c>en</c>, else Chinese.</param>
    public string Text(CultureInfo culture) => culture.TwoLetterISOLanguageName == "en" ? English : Chinese;

    /// <summary>The fault in English.</summary>
    public string English => Fault switch
    {
        FieldFault.NotJson => $"This is not JSON ({Detail}).",
        FieldFault.Truncated => $"The JSON text ends too early ({Detail}).",
        FieldFault.NotUtf8 => "The text is not UTF-8.",
        FieldFault.TooDeep => "The JSON text is nested more deeply than an alarm can be.",
        FieldFault.TooManyFaults => "More is wrong than is listed here.",
        FieldFault.WrongColumnCount => $"The row has another number of cells than the file has columns ({Detail}); its values can't be told apart.",
        FieldFault.UnclosedQuote => "A quoted cell never ends.",
        FieldFault.UnknownField => "There is no such field.",
        FieldFault.DuplicateField => "This field is there more than once.",
        FieldFault.Required => "This field is required.",
        FieldFault.SummaryOrPeopleRequired => "Either a summary or at least one person is required.",
        FieldFault.NotAnObject => "An object is needed here.",
        FieldFault.NotAList => "A list is needed here.",
        FieldFault.NotText => "Text is needed here.",
        FieldFault.NotTrueOrFalse => "Either true or false is needed here.",
        FieldFault.NotANumber => "A number is needed here.",
        FieldFault.NotAWholeNumber => "A whole number is needed here.",
        FieldFault.OutOfRange => $"The value must lie between {Detail}.",
        FieldFault.NotOneOf => $"The value must be one of: {Detail}.",
        FieldFault.TooLong => $"At most {Detail} characters are allowed.",
        FieldFault.TooMany => $"At most {Detail} entries are allowed.",
        FieldFault.ControlCharacter => "The text contains a control character.",
        FieldFault.BrokenText => "The text contains half a character (a surrogate without its pair).",
        FieldFault.NotAName => "Only letters, digits, dot, hyphen and underscore are allowed.",
        FieldFault.DiffersFromAddress => "The value differs from the one in the address of the request.",
        FieldFault.NotATime => "This is not a time that exists, written like 2026-11-22T20:15:03+08:00.",
        FieldFault.NoOffset => "The time has no offset; write it like 2026-11-22T20:15:03+08:00.",
        FieldFault.TooFarAhead => "The time is more than a day in the future.",
        FieldFault.TooLongAgo => "The time is before 1980.",
        FieldFault.NotADate => "This is not a date that exists, written like 1990-01-31.",
        FieldFault.ImpossibleBirthDate => "Nobody can have this birth date: it is in the future or too long ago.",
        FieldFault.IdNumberOf15Digits => "ID numbers of 15 digits are no longer valid; give the 18 characters.",
        FieldFault.NotAnIdNumber => "An ID number has 17 digits and a check character.",
        FieldFault.IdNumberCheck => "The check character of the ID number is wrong: at least one digit is mistyped.",
        FieldFault.IdNumberBirthDate => "The ID number contains an impossible birth date.",
        FieldFault.IdNumberArea => "No ID number starts with this area: the zone exists in statistics only.",
        FieldFault.IdNumberContradictsBirthDate => "The birth date in the ID number is not the birth date given.",
        FieldFault.IdNumberContradictsSex => "The sex in the ID number is not the sex given.",
        FieldFault.NotARegionCode => "A region code has 12 digits, a grid's 15.",
        FieldFault.NoSuchRegion => "There is no region of this code in the city.",
        FieldFault.NoSuchUnit => "There is no unit of this code in the city.",
    };

    /// <summary>The fault in Chinese.</summary>
    public string Chinese => Fault switch
    {
        FieldFault.NotJson => $"不是有效的 JSON（{Detail}）。",
        FieldFault.Truncated => $"JSON 内容不完整，提前结束（{Detail}）。",
        FieldFault.NotUtf8 => "内容不是 UTF-8 编码。",
        FieldFault.TooDeep => "JSON 嵌套层数超出警情格式。",
        FieldFault.TooManyFaults => "错误过多，未全部列出。",
        FieldFault.WrongColumnCount => $"该行的列数与表头不一致（{Detail}），无法对应。",
        FieldFault.UnclosedQuote => "引号没有结束。",
        FieldFault.UnknownField => "没有这个字段。",
        FieldFault.DuplicateField => "该字段重复出现。",
        FieldFault.Required => "必填。",
        FieldFault.SummaryOrPeopleRequired => "简要警情和涉及人员至少填写一项。",
        FieldFault.NotAnObject => "此处应为对象。",
        FieldFault.NotAList => "此处应为列表。",
        FieldFault.NotText => "此处应为文字。",
        FieldFault.NotTrueOrFalse => "此处应为 true 或 false。",
        FieldFault.NotANumber => "此处应为数字。",
        FieldFault.NotAWholeNumber => "此处应为整数。",
        FieldFault.OutOfRange => $"数值应在 {Detail} 之间。",
        FieldFault.NotOneOf => $"只能填写：{Detail}。",
        FieldFault.TooLong => $"最多 {Detail} 个字。",
        FieldFault.TooMany => $"最多 {Detail} 项。",
        FieldFault.ControlCharacter => "文字中含有控制字符。",
        FieldFault.BrokenText => "文字中含有不完整的字符。",
        FieldFault.NotAName => "只能使用字母、数字、点、连字符和下划线。",
        FieldFault.DiffersFromAddress => "与请求地址中的值不一致。",
        FieldFault.NotATime => "不是有效的时间，应写作 2026-11-22T20:15:03+08:00。",
        FieldFault.NoOffset => "时间缺少时区，应写作 2026-11-22T20:15:03+08:00。",
        FieldFault.TooFarAhead => "时间晚于当前时间一天以上。",
        FieldFault.TooLongAgo => "时间早于 1980 年。",
        FieldFault.NotADate => "不是有效的日期，应写作 1990-01-31。",
        FieldFault.ImpossibleBirthDate => "出生日期不可能：晚于今天或过于久远。",
        FieldFault.IdNumberOf15Digits => "15 位身份证号码已停用，请填写 18 位号码。",
        FieldFault.NotAnIdNumber => "公民身份号码应为 17 位数字加 1 位校验码。",
        FieldFault.IdNumberCheck => "公民身份号码校验码错误，至少有一位填错。",
        FieldFault.IdNumberBirthDate => "公民身份号码中的出生日期不可能。",
        FieldFault.IdNumberArea => "公民身份号码的地区码无效：该区域仅用于统计。",
        FieldFault.IdNumberContradictsBirthDate => "公民身份号码中的出生日期与所填出生日期不符。",
        FieldFault.IdNumberContradictsSex => "公民身份号码中的性别与所填性别不符。",
        FieldFault.NotARegionCode => "区划代码应为 12 位数字，网格代码为 15 位。",
        FieldFault.NoSuchRegion => "本市没有这个区划代码。",
        FieldFault.NoSuchUnit => "本市没有这个单位代码。",
    };
}

/// <summary>What is wrong, by JSON path of the field such as <c>people[1].idNumber</c>; the document itself is <c>$</c>.</summary>
public sealed class FieldErrors
{
    /// <summary>The path that stands for the whole document.</summary>
    public const string Document = "$";

    /// <summary>Paths listed at most: an answer must not grow with what was sent.</summary>
    public const int MaxPaths = 200;

    private readonly Dictionary<string, List<FieldError>> byPath = new(StringComparer.Ordinal);

    /// <summary>Errors by path, in the order found.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<FieldError>>> All => byPath.Select(e => KeyValuePair.Create<string, IReadOnlyList<FieldError>>(e.Key, e.Value));

    /// <summary>The number of paths.</summary>
    public int Count => byPath.Count;

    /// <summary>The errors of a path; empty when nothing is wrong there.</summary>
    /// <param name="path">The path.</param>
    public IReadOnlyList<FieldError> this[string path] => byPath.TryGetValue(path, out var errors) ? errors : [];

    /// <summary>Texts by path for problem details.</summary>
    /// <param name="culture">English for <c>en</c>, else Chinese.</param>
    public Dictionary<string, string[]> ToTexts(CultureInfo culture) => byPath.ToDictionary(e => e.Key, e => e.Value.Select(error => error.Text(culture)).ToArray(), StringComparer.Ordinal);

    internal void Add(string path, FieldFault fault, string? detail = null)
    {
        if (!byPath.TryGetValue(path, out var errors))
        {
            if (byPath.Count >= MaxPaths)
            {
                path = Document;
                (fault, detail) = (FieldFault.TooManyFaults, null);
            }

            if (!byPath.TryGetValue(path, out errors))
            {
                byPath.Add(path, errors = []);
            }
        }

        var error = new FieldError(fault, detail);
        if (!errors.Contains(error))
        {
            errors.Add(error);
        }
    }
}
