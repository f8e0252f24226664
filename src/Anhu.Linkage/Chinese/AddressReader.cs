using System.Buffers;

namespace Anhu.Linkage.Chinese;

/// <summary>
/// Reads an address as people write it (安徽省合肥市蜀山区长江西路12号阳光小区3栋2单元501室, 阳光小区3-2-501, 石桥镇王家村三组12号) and
/// writes its parts in one order. What no suffix tells apart becomes the compound's name.
/// </summary>
internal ref struct AddressReader
{
    /// <summary>Longer texts are cut: no address is.</summary>
    private const int Longest = 250;

    /// <summary>After these a 区 is no district: 小区, 社区, 园区.</summary>
    private static readonly SearchValues<char> NoDistrict = SearchValues.Create("小社园校院景厂矿住生片库牧");

    private static readonly SearchValues<char> RoadEnds = SearchValues.Create("路街巷");

    /// <summary>After these a 区 is a development zone, which stands beside the counties or beside the townships: 开发区, 工业园区, 示范区.</summary>
    private static readonly SearchValues<char> Zones = SearchValues.Create("发业园范管新");

    /// <summary>Who administers a village, a community or a zone; says nothing of where it is.</summary>
    private static readonly string[] Committees =
    [
        "居民委员会", "村民委员会", "民委员会", "居委会", "村委会", "管理委员会", "管委会", "委员会", "委会", "服务中心",
    ];

    /// <summary>The characters at which there is something to decide; the others are parts of names.</summary>
    private static readonly SearchValues<char> Telling = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ市州区县旗镇乡道街路巷同弄里村居管庄屯寨湾坝沟岭坪营店组队");

    private static readonly string[] Provinces =
    [
        "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾",
        "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门",
    ];

    private static readonly SearchValues<char> RegionEnds = SearchValues.Create("市州盟县区");

    /// <summary>What may follow a province's short name.</summary>
    private static readonly string[] ProvinceEnds = ["省", "市", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区"];

    private static readonly string[] Placeholders = ["不详", "未知", "无", "不明", "同上", "保密", "暂无", "地址不详", "住址不详", "无固定住所", "居无定所", "无固定住址", "未提供", "未填", "拒绝透露", "NULL", "NONE", "NA", "UNKNOWN", "X", "XX", "XXX"];

    /// <summary>Says where near a place something is, not where.</summary>
    private static readonly string[] Vague = ["附近", "旁边", "旁", "对面", "门口", "楼下", "交叉口", "路口", "门面房", "门面", "内", "处", "院内", "小区内", "住宅小区", "生活区", "小区", "家中", "家里", "住处"];

    /// <summary>The last characters of those.</summary>
    private static readonly SearchValues<char> VagueEnds = SearchValues.Create("近边旁面口下房内处区中里");

    /// <summary>Where two roads meet.</summary>
    private static readonly string[] Crossings = ["交叉口", "交口", "交汇处", "交界处"];

    private readonly ReadOnlySpan<char> text;
    private Places parts;
    private int start;

    private AddressReader(ReadOnlySpan<char> text) => this.text = text;

    /// <summary>Writes the parts of an address, with a bar between each two.</summary>
    /// <returns>Characters written; 0 when the text names no place.</returns>
    public static int Write(ReadOnlySpan<char> value, Span<char> written)
    {
        if (value.Count(AddressParts.Separator) == AddressParts.Count - 1)
        {
            value.CopyTo(written);
            return value.Length;
        }

        Span<char> cleaned = stackalloc char[Longest];
        Span<char> numbered = stackalloc char[2 * Longest];
        var length = Clean(value, cleaned);
        length = WriteNumerals(cleaned[..length], numbered);
        if (length == 0 || IsPlaceholder(numbered[..length]))
        {
            return 0;
        }

        var reader = new AddressReader(numbered[..length]);
        reader.Read();
        return reader.WriteParts(written);
    }

    /// <summary>Simplified and narrow characters without blanks and remarks in brackets; a blank or comma between two numbers is a hyphen.</summary>
    private static int Clean(ReadOnlySpan<char> value, Span<char> cleaned)
    {
        var length = 0;
        var depth = 0;
        var gap = false;
        foreach (var raw in value)
        {
            if (raw is >= '\u3400' and <= '\u9FFF' && depth == 0)
            {
                if (length == cleaned.Length)
                {
                    break;
                }

                cleaned[length++] = Characters.Simplify(raw);
                gap = false;
                continue;
            }

            var character = Writing.Narrow(raw);
            if (character is '(' or '[' or '【' or '〔')
            {
                depth++;
            }
            else if (character is ')' or ']' or '】' or '〕')
            {
                depth = Math.Max(0, depth - 1);
            }
            else if (depth == 0 || length == 0)
            {
                var isHyphen = character is '-' or '—' or '–' or '−' or '_' or '~' or '～' or '―';
                if (!char.IsLetterOrDigit(character) && character is not '#' && !isHyphen)
                {
                    gap = true;
                    continue;
                }

                character = isHyphen ? '-' : char.ToUpperInvariant(Characters.Simplify(character));
                var last = length > 0 ? cleaned[length - 1] : '\0';
                if (gap && char.IsAsciiDigit(character) && char.IsAsciiDigit(last) && length < cleaned.Length)
                {
                    cleaned[length++] = last = '-';
                }

                gap = false;
                if (character == '-' && (last is '-' or '\0'))
                {
                    continue;
                }

                if (length == cleaned.Length)
                {
                    break;
                }

                cleaned[length++] = character;
            }
        }

        while (length > 0 && cleaned[length - 1] == '-')
        {
            length--;
        }

        return length;
    }

    /// <summary>Turns Chinese numerals that number something into digits: 十二号, 三栋, 二〇三室; those in names stay.</summary>
    private static int WriteNumerals(ReadOnlySpan<char> cleaned, Span<char> numbered)
    {
        var length = 0;
        for (var i = 0; i < cleaned.Length;)
        {
            var end = i;
            while (end < cleaned.Length && IsNumeral(cleaned[end]))
            {
                end++;
            }

            if (end == i || end - i > 6 || !CountsSomething(cleaned[end..]))
            {
                end = Math.Max(end, i + 1);
                cleaned[i..end].CopyTo(numbered[length..]);
                length += end - i;
            }
            else
            {
                length += WriteNumber(cleaned[i..end], numbered[length..]);
            }

            i = end;
        }

        return length;
    }

    private static bool IsNumeral(char character) => character is '零' or '十' or '百' or '两' || DigitOf(character) >= 0;

    /// <summary>True where what follows a numeral is what is numbered in addresses.</summary>
    private static bool CountsSomething(ReadOnlySpan<char> rest) => rest switch
    {
        [] => false,
        ['号', '路' or '街' or '线' or '公' or '桥' or '大', ..] => false,
        ['社', '区', ..] => false,
        ['号' or '栋' or '幢' or '座' or '楼' or '层' or '室' or '组' or '队' or '社' or '弄' or '#', ..] => true,
        ['单', '元', ..] or ['村', '民', ..] or ['居', '民', ..] or ['小', '组', ..] => true,
        _ => false,
    };

    private static int WriteNumber(ReadOnlySpan<char> numeral, Span<char> digits)
    {
        if (numeral.IndexOfAny('十', '百') < 0)
        {
            for (var i = 0; i < numeral.Length; i++)
            {
                digits[i] = (char)('0' + DigitOf(numeral[i]));
            }

            return numeral.Length;
        }

        var number = 0;
        var digit = -1;
        foreach (var character in numeral)
        {
            if (character is '十' or '百')
            {
                number += (digit < 0 ? 1 : digit) * (character == '十' ? 10 : 100);
                digit = -1;
            }
            else
            {
                digit = DigitOf(character);
            }
        }

        number += Math.Max(0, digit);
        number.TryFormat(digits, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        return length;
    }

    private static int DigitOf(char numeral) => numeral switch
    {
        '零' or '〇' => 0,
        '一' => 1,
        '二' or '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => -1,
    };

    private static bool IsPlaceholder(ReadOnlySpan<char> text)
    {
        if (text.Length > 5 && text[0] != 'U')
        {
            return false;
        }

        foreach (var placeholder in Placeholders)
        {
            if (text.SequenceEqual(placeholder))
            {
                return true;
            }
        }

        return Writing.IsOneCharacter(text);
    }

    private readonly bool Has(AddressPart part) => parts[(int)part].Length > 0;

    private readonly ReadOnlySpan<char> From(int at) => text[Math.Min(at, text.Length)..];

    private void Set(AddressPart part, int from, int end)
    {
        // 03栋 is 3栋.
        while (part >= AddressPart.Number && part != AddressPart.Compound && from < end - 1 && text[from] == '0')
        {
            from++;
        }

        if (end > from && !Has(part))
        {
            parts[(int)part] = new(from, end - from);
        }
    }

    private void Read()
    {
        ReadProvince();
        for (var i = start; text[i..].IndexOfAny(Telling) is >= 0 and var next;)
        {
            i += next;
            i = IsNumberStart(i) ? ReadNumber(i) : ReadCharacter(i);
        }

        EndName(text.Length);
    }

    private void ReadProvince()
    {
        foreach (var province in Provinces)
        {
            if (text.Length == 0 || text[0] != province[0] || !text.StartsWith(province))
            {
                continue;
            }

            var end = 0;
            foreach (var word in ProvinceEnds)
            {
                if (From(province.Length).StartsWith(word))
                {
                    end = province.Length + word.Length;
                    break;
                }
            }

            if (end == 0 && IsFollowedByRegion(province.Length))
            {
                end = province.Length;
            }

            if (end > 0)
            {
                Set(AddressPart.Province, 0, province.Length);
                start = end;
            }

            return;
        }
    }

    /// <summary>True where a city or county follows, so that 安徽 in 安徽合肥市 is the province, and in 安徽大学 or 安徽路 part of a name.</summary>
    private readonly bool IsFollowedByRegion(int i)
    {
        var rest = From(i);
        var end = rest.IndexOfAny(RegionEnds);
        return end is >= 2 and <= 9 && !NoDistrict.Contains(rest[end - 1]) && rest[..end].IndexOfAny(RoadEnds) < 0 && !IsDigit(rest[end - 1]);
    }

    /// <summary>What a name's last character says the name is of; returns where to read on.</summary>
    private int ReadCharacter(int i)
    {
        var next = i + 1 < text.Length ? text[i + 1] : '\0';
        var last = i > start ? text[i - 1] : '\0';
        var length = i - start;
        switch (text[i])
        {
            case '市' when length is >= 2 and <= 5 && !IsPlaced() && next is not '场':
                return EndPart(Has(AddressPart.City) ? AddressPart.County : AddressPart.City, i, i + 1);
            case '州' when length >= 4 && last == '治' && !Has(AddressPart.City):
                return EndPart(AddressPart.City, i, i + 1);
            case '区' when length is 3 && last == '地' && !Has(AddressPart.City) && !IsPlaced():
                return EndPart(AddressPart.City, i - 1, i + 1);
            case '区' when last == '社' && length >= 2 && MakeRoomForVillage():
                return EndPart(AddressPart.Village, i - 1, i + 1, Committees);
            case '区' when Zones.Contains(last) && length is >= 3 and <= 16 && !IsPlaced() && (last == '发' || Has(AddressPart.City) || Has(AddressPart.County)):
                return EndPart(Has(AddressPart.County) ? AddressPart.Town : AddressPart.County, i, i + 1, Committees);
            case '区' when length is >= 1 and <= 8 && !NoDistrict.Contains(last) && !Has(AddressPart.County) && !IsPlaced():
                return EndPart(AddressPart.County, i, i + 1);
            case '县' when length is >= 1 and <= 10 && !Has(AddressPart.County) && !IsPlaced() && next != '道':
                return EndPart(AddressPart.County, i, i + 1);
            case '旗' when length is >= 2 and <= 8 && Has(AddressPart.City) && !Has(AddressPart.County) && !RoadEnds.Contains(next):
                return EndPart(AddressPart.County, i, i + 1);
            case '镇' or '乡' when length is >= 1 and <= 8 && !IsPlaced() && !IsTownInName(i, length):
                return EndPart(AddressPart.Town, i, i + 1);
            case '道' when last == '街' && length >= 3 && !IsPlaced():
                return EndPart(AddressPart.Town, i - 1, i + 1, "办事处");
            case '道' when last == '大' && length >= 2:
                return EndRoad(i + 1);
            case '道' when length >= 2 && last != '街' && IsDigit(next):
                return EndRoad(i + 1);
            case '路' or '街' or '巷' when length >= 1 && !IsInName(i):
                return EndRoad(i + 1);
            case '同' when last == '胡' && length >= 2:
                return EndRoad(i + 1);
            case '弄' or '里' when length >= 2 && IsDigit(next) && !Has(AddressPart.Road) && !Has(AddressPart.Village):
                return EndRoad(i + 1);
            case '村' when IsVillage(i, last, next, length):
                return EndPart(AddressPart.Village, i, i + 1, Committees);
            case '居' or '村' when length >= 1 && next is '委' or '民' && CommitteeAt(i) is > 0 and var committee && MakeRoomForVillage():
                return EndPart(AddressPart.Village, i, i + committee);
            case '管' when length >= 2 && Has(AddressPart.County) && !IsPlaced() && CommitteeAt(i) is > 0 and var administration:
                return EndPart(AddressPart.Town, i, i + administration);
            case '庄' or '屯' or '寨' or '湾' or '坝' or '沟' or '岭' or '坪' or '营' or '店' when length >= 1 && IsDigit(next) && Has(AddressPart.Town) && !Has(AddressPart.Village) && !Has(AddressPart.Road):
                return EndPart(AddressPart.Village, i + 1, i + 1);
            case '组' or '队' when length is >= 1 and <= 8 && Has(AddressPart.Village) && !Has(AddressPart.Group):
                return EndPart(AddressPart.Group, WithoutEnd(i, "村民", "居民", "小", "生产"), i + 1);
            default:
                return i + 1;
        }
    }

    /// <summary>True once a place below the county is known, so that no region follows.</summary>
    private readonly bool IsPlaced() => Has(AddressPart.Town) || Has(AddressPart.Village) || Has(AddressPart.Road);

    private readonly bool IsVillage(int i, char last, char next, int length)
    {
        if (length < 1 || Has(AddressPart.Village) || Has(AddressPart.Number) || RoadEnds.Contains(next) || From(i + 1).StartsWith("社区"))
        {
            return false;
        }

        // 中关村大街 is a street, 幸福新村 in a city a compound.
        var after = i + 2 < text.Length ? text[i + 2] : '\0';
        var isInRoad = next is '东' or '西' or '南' or '北' or '中' or '大' && (RoadEnds.Contains(after) || after is '道' or '大');
        return !isInRoad && (last != '新' || Has(AddressPart.Town)) && !Has(AddressPart.Road);
    }

    /// <summary>True for the 镇 within another name: 撮镇镇, 景德镇市, 古镇路.</summary>
    private readonly bool IsTownInName(int i, int length)
    {
        var rest = From(i + 1);
        return rest is ['路' or '街' or '巷'] || (rest is ['路' or '街' or '巷', var after, ..] && IsDigit(after))
            || (length == 1 && rest is ['镇' or '乡', ..]) || (rest is ['市', ..] && !rest.StartsWith("市场"));
    }

    /// <summary>True for the 路 or 街 within another name: 胜利路街道, 陈村路社区, 朱巷镇, 路桥区.</summary>
    private readonly bool IsInName(int i)
    {
        var rest = From(i + 1);
        return rest is ['街', '道', ..] or ['社', '区', ..] or ['居', '委' or '民', ..] or ['村', ..] or ['镇' or '乡', ..]
            || (text[i] == '街' && rest is ['道', ..]) || (text[i] == '路' && rest is ['桥', ..]);
    }

    /// <summary>The length of a committee's name that begins here; 0 when there is none.</summary>
    private readonly int CommitteeAt(int i)
    {
        foreach (var committee in Committees)
        {
            if (From(i).StartsWith(committee))
            {
                return committee.Length;
            }
        }

        return 0;
    }

    /// <summary>True when a village can be named here; one named before was the township, where a city has made a large community of it (滨湖世纪社区琼临居委会).</summary>
    private bool MakeRoomForVillage()
    {
        if (Has(AddressPart.Road) || Has(AddressPart.Number) || (Has(AddressPart.Village) && Has(AddressPart.Town)))
        {
            return false;
        }

        if (Has(AddressPart.Village))
        {
            (parts[(int)AddressPart.Town], parts[(int)AddressPart.Village]) = (parts[(int)AddressPart.Village], default);
        }

        return true;
    }

    private int EndPart(AddressPart part, int end, int next, params ReadOnlySpan<string> swallowed)
    {
        Set(part, start, end);
        foreach (var word in swallowed)
        {
            if (From(next).StartsWith(word))
            {
                next += word.Length;
                break;
            }
        }

        return start = next;
    }

    private int EndRoad(int end)
    {
        // 人民南路二段: the section belongs to the road's name.
        if (end + 1 < text.Length && text[end + 1] == '段')
        {
            end += 2;
        }

        return EndPart(AddressPart.Road, end, end);
    }

    private readonly int WithoutEnd(int end, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (end - start > word.Length && text[start..end].EndsWith(word))
            {
                end -= word.Length;
            }
        }

        return end;
    }

    private static bool IsDigit(char character) => char.IsAsciiDigit(character);

    /// <summary>True for a digit, and for a letter that names a building: A座, B栋, C3栋.</summary>
    private readonly bool IsNumberStart(int i) => IsDigit(text[i]) || (text[i] is >= 'A' and <= 'Z' && i + 1 < text.Length && (IsDigit(text[i + 1]) || text[i + 1] is '座' or '栋' or '幢' or '号' or '-'));

    /// <summary>Numbers joined by hyphens, and the word behind that says what they number.</summary>
    private int ReadNumber(int i)
    {
        var end = i;
        var lastHyphen = -1;
        var hyphenBefore = -1;
        var numbers = 1;
        while (end < text.Length && (IsDigit(text[end]) || text[end] is >= 'A' and <= 'Z' || (text[end] == '-' && end > i)))
        {
            if (text[end] == '-')
            {
                hyphenBefore = lastHyphen;
                lastHyphen = end;
                numbers++;
            }

            end++;
        }

        var rest = text[end..];
        switch (rest)
        {
            case []:
            case ['室' or '户' or '房' or '铺', ..]:
                EndName(i);
                return EndRooms(i, hyphenBefore, lastHyphen, end, numbers, rest.Length > 0);
            case ['号', '路' or '街' or '线', ..]:
                return end + 1;
            case ['号', '楼', ..] or ['#', '楼', ..]:
                return EndNumber(AddressPart.Building, i, end, end + 2);
            case ['号', '院', ..]:
                return EndNumber(Has(AddressPart.Number) ? AddressPart.Building : AddressPart.Number, i, end, end + 2);
            case ['号', ..]:
                return EndNumber(HouseNumberPart(i), i, end, end + 1);
            case ['栋' or '幢' or '座' or '#' or '排', ..]:
                return EndNumber(AddressPart.Building, i, end, end + 1 + (rest is ['栋' or '幢' or '#', '楼', ..] ? 1 : 0));
            case ['单', '元', ..]:
                return EndUnit(i, lastHyphen, end, end + 2);
            case ['门' or '梯', ..] when Has(AddressPart.Building):
                return EndUnit(i, lastHyphen, end, end + 1);
            case ['楼', var after, ..] when !Has(AddressPart.Building) && IsDigit(after) && rest.Contains("单元", StringComparison.Ordinal):
                return EndNumber(AddressPart.Building, i, end, end + 1);
            case ['楼' or '层', ..] when rest.Length == 1 || Has(AddressPart.Building) || Has(AddressPart.Number):
                EndName(i);
                return start = end + 1;
            case ['弄', ..]:
                return EndNumber(AddressPart.Number, i, end, end + 1);
            case ['组' or '队', ..]:
                return EndNumber(AddressPart.Group, i, end, end + 1);
            case ['小', '组', ..]:
                return EndNumber(AddressPart.Group, i, end, end + 2);
            case ['社', not '区', ..] or ['社']:
                return EndNumber(AddressPart.Group, i, end, end + 1);
            case ['村' or '居', '民', '组', ..]:
                return EndNumber(AddressPart.Group, i, end, end + 3);
            case ['村' or '居', '民', '小', '组', ..]:
                return EndNumber(AddressPart.Group, i, end, end + 4);
            default:
                return end;
        }
    }

    /// <summary>What a number before 号 is: of the house on a road or in a village, or of what is inside a compound.</summary>
    private readonly AddressPart HouseNumberPart(int i) =>
        Has(AddressPart.Unit) || Has(AddressPart.Building) ? AddressPart.Room
        : Has(AddressPart.Number) || Has(AddressPart.Compound) || (i > start && (Has(AddressPart.Road) || !IsPlaced())) ? AddressPart.Building
        : AddressPart.Number;

    private int EndNumber(AddressPart part, int i, int end, int next)
    {
        EndName(i);
        Set(part, i, end);
        return start = next;
    }

    private int EndUnit(int i, int hyphen, int end, int next)
    {
        if (hyphen > i)
        {
            EndNumber(AddressPart.Building, i, hyphen, hyphen + 1);
            i = hyphen + 1;
        }

        return EndNumber(AddressPart.Unit, i, end, next);
    }

    /// <summary>The last numbers: 3-2-501, 2-501, 501.</summary>
    private int EndRooms(int i, int hyphenBefore, int hyphen, int end, int numbers, bool isRoom)
    {
        var next = Math.Min(end + 1, text.Length);
        if (numbers == 1)
        {
            var inside = isRoom || Has(AddressPart.Building) || Has(AddressPart.Unit) || end - i >= 3;
            var part = inside && (isRoom || Has(AddressPart.Building) || Has(AddressPart.Unit) || Has(AddressPart.Compound)) ? AddressPart.Room
                : Has(AddressPart.Compound) ? AddressPart.Building : Has(AddressPart.Number) ? AddressPart.Room : AddressPart.Number;
            Set(part, i, end);
            return start = next;
        }

        if (numbers == 2 && !isRoom && !Has(AddressPart.Compound) && !Has(AddressPart.Building) && !Has(AddressPart.Number) && end - hyphen <= 3)
        {
            Set(AddressPart.Number, i, end);
            return start = next;
        }

        Set(AddressPart.Room, hyphen + 1, end);
        if (numbers == 2)
        {
            Set(Has(AddressPart.Building) ? AddressPart.Unit : AddressPart.Building, i, hyphen);
            return start = next;
        }

        Set(AddressPart.Unit, hyphenBefore + 1, hyphen);
        Set(AddressPart.Building, Math.Max(i, text[i..hyphenBefore].LastIndexOf('-') + i + 1), hyphenBefore);
        return start = next;
    }

    /// <summary>A name that nothing but the next number ends is the compound's, or the place's.</summary>
    private void EndName(int end)
    {
        if (end <= start)
        {
            start = end;
            return;
        }

        SkipCrossing(end);
        var shorter = end;
        int before;
        do
        {
            before = shorter;
            if (shorter > start && VagueEnds.Contains(text[shorter - 1]))
            {
                shorter = WithoutEnd(shorter, Vague);
            }
        }
        while (shorter != before);

        if (shorter > start && text[start..shorter] is not ("附" or "第" or "号" or "小区" or "院"))
        {
            Set(AddressPart.Compound, start, shorter);
        }

        start = end;
    }

    /// <summary>阜阳路与北一环交口东方商城: the place is what stands behind, unless that is but a way to go.</summary>
    private void SkipCrossing(int end)
    {
        if (!text[start..end].Contains('交'))
        {
            return;
        }

        foreach (var crossing in Crossings)
        {
            if (text[start..end].LastIndexOf(crossing) is >= 0 and var at)
            {
                start += at + crossing.Length;
                if (text[start..end] is ['向' or '往', '东' or '西' or '南' or '北', ..])
                {
                    start = end;
                }

                return;
            }
        }
    }

    private readonly int WriteParts(Span<char> written)
    {
        var length = 0;
        for (var part = 0; part < AddressParts.Count; part++)
        {
            if (part > 0)
            {
                written[length++] = AddressParts.Separator;
            }

            var (from, size) = parts[part];
            size = Math.Clamp(written.Length - length - AddressParts.Count, 0, size);
            text.Slice(from, size).CopyTo(written[length..]);
            length += size;
        }

        return length == AddressParts.Count - 1 ? 0 : length;
    }

    private readonly record struct Place(int From, int Length);

    [System.Runtime.CompilerServices.InlineArray(AddressParts.Count)]
    private struct Places
    {
        private Place first;
    }
}
