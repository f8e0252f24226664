using System.Runtime.CompilerServices;

namespace Anhu.Linkage.Chinese;

/// <summary>How a Chinese person's name is built: surname of one or two characters, given name; what stands in its place when it is withheld.</summary>
internal static class PersonName
{
    /// <summary>Stands in a normalised name for characters that were withheld.</summary>
    public const char Withheld = '某';

    /// <summary>Between the parts of a minority's or a foreigner's name.</summary>
    public const char Dot = '·';

    /// <summary>Surnames of two characters: those of the census and of the Hundred Family Surnames.</summary>
    private const string CompoundSurnames =
        "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 司徒 夏侯 轩辕 宇文 闻人 淳于 澹台 公冶 宗政 濮阳 太叔 申屠 仲孙 钟离 鲜于 闾丘 司空 亓官 司寇 颛孙 端木 巫马 公西 漆雕 乐正 壤驷 公良 拓跋 夹谷 宰父 谷梁 " +
        "段干 百里 东郭 南门 呼延 归海 羊舌 微生 梁丘 左丘 东门 西门 南宫 第五 万俟 赫连 独孤 北宫 公羊 公仪 公户 达奚 纳兰 完颜 耶律 叶赫 那拉 爱新 即墨 哥舒 斛律 尔朱 乌雅 钮祜 瓜尔 富察";

    private const string Masks = "某×*＊○〇□●■◯?？";

    private const string Dots = "·•‧・･∙⋅⸱．.。｡";

    /// <summary>Titles of one character; only behind a surname alone.</summary>
    private const string ShortTitles = "姐哥总嫂婶姨叔氏";

    /// <summary>Tells people who are called the same withheld name apart within one document: 王某甲, 王某1.</summary>
    private const string Labels = "甲乙丙丁戊己庚男女人ABCDEFGHXYZ0123456789";

    private static readonly string[] Placeholders =
    [
        "不详", "未知", "无名", "无名氏", "匿名", "匿名者", "不明", "无", "未填", "未填写", "未提供", "拒绝", "拒绝透露", "不愿透露", "保密", "佚名", "未登记", "暂无", "空", "测试", "姓名不详", "身份不详", "身份不明",
        "未报姓名", "报警人", "当事人", "受害人", "被害人", "嫌疑人", "施暴人", "施害人", "群众", "热心群众", "路人", "邻居", "家属", "本人", "男子", "女子", "男", "女", "女性", "男性", "男孩", "女孩", "婴儿", "小孩", "儿童", "患者", "无姓名", "未留姓名",
        "丈夫", "妻子", "老公", "老婆", "其夫", "其妻", "父亲", "母亲", "儿子", "女儿", "前夫", "前妻", "先生", "女士", "某男", "某女", "某人", "NULL", "NONE", "NA", "NIL", "UNKNOWN", "ANONYMOUS", "NONAME", "TEST", "XX", "XXX", "X",
    ];

    /// <summary>What follows a surname, or a whole name, out of politeness.</summary>
    private static readonly string[] Titles =
    [
        "先生", "女士", "小姐", "太太", "夫人", "师傅", "老师", "医生", "大夫", "同志", "阿姨", "大爷", "大妈", "大叔", "大姐", "大哥", "大娘", "奶奶", "爷爷", "叔叔", "律师", "警官", "经理", "老板", "主任", "校长", "教授", "护士", "同学",
        "某人", "姓男子", "姓女子", "姓",
    ];

    private static readonly Trait[] Traits = MakeTraits();

    private static readonly int[] CompoundSurnamePairs = MakeCompoundSurnamePairs();

    /// <summary>What a character can be in a name.</summary>
    [Flags]
    private enum Trait : ushort
    {
        None = 0,

        /// <summary>A simplified Chinese character that is no mask.</summary>
        Plain = 1,
        Mask = 2,
        Dot = 4,
        EndsTitle = 8,
        ShortTitle = 16,
        Label = 32,
        BeginsPlaceholder = 64,
        BeginsSurname = 128,
        CallsByName = 256,
        CallsBySurname = 512,
    }

    /// <summary>Number of characters of the surname.</summary>
    public static int SurnameLength(ReadOnlySpan<char> name) =>
        name.Length >= 3 && IsCompoundSurname(name[0], name[1]) ? 2 : Math.Min(1, name.Length);

    /// <summary>True for 小芳, 阿强, 老王 and 芳芳.</summary>
    public static bool IsCalled(ReadOnlySpan<char> name) => name.Length == 2 && (Is(name[0], Trait.CallsByName) || name[0] == name[1]);

    /// <summary>True where the first character of a called name can stand before a surname.</summary>
    public static bool CallsBySurname(ReadOnlySpan<char> name) => Is(name[0], Trait.CallsBySurname);

    /// <summary>Writes a name in the one form that is compared: simplified, without blanks, titles and remarks; withheld characters are one 某.</summary>
    /// <returns>Characters written; 0 for what names nobody.</returns>
    public static int Normalise(ReadOnlySpan<char> value, Span<char> name)
    {
        if (IsNormal(value))
        {
            value.CopyTo(name);
            return value.Length;
        }

        var length = WriteCharacters(value, name);
        int before;
        do
        {
            before = length;
            length = WithoutLabels(name[..length].TrimEnd(Dot));
            if (IsPlaceholder(name[..length]))
            {
                return 0;
            }

            length = WithoutTitle(name, length);
        }
        while (length != before);

        if (length == 1 && IsHan(name[0]))
        {
            if (name[0] == Withheld)
            {
                return 0;
            }

            name[length++] = Withheld;
        }

        return length;
    }

    /// <summary>True for nearly every name, of which nothing is to be changed.</summary>
    private static bool IsNormal(ReadOnlySpan<char> value)
    {
        if (value.Length is < 2 or > 8 || Is(value[0], Trait.BeginsPlaceholder) || Is(value[^1], Trait.EndsTitle | Trait.ShortTitle))
        {
            return false;
        }

        foreach (var character in value)
        {
            if (!Is(character, Trait.Plain))
            {
                return false;
            }
        }

        return true;
    }

    private static int WriteCharacters(ReadOnlySpan<char> value, Span<char> name)
    {
        var length = 0;
        var depth = 0;
        foreach (var raw in value)
        {
            var character = Writing.Narrow(raw);
            if (character is '(' or '[' or '【' or '〔')
            {
                depth++;
                continue;
            }

            if (character is ')' or ']' or '】' or '〕')
            {
                depth = Math.Max(0, depth - 1);
                continue;
            }

            var last = length > 0 ? name[length - 1] : '\0';
            if (depth > 0 && length > 0)
            {
                continue;
            }

            if (Is(character, Trait.Mask) || (character is 'x' or 'X' && IsHan(last)))
            {
                if (last != Withheld)
                {
                    name[length++] = Withheld;
                }
            }
            else if (Is(character, Trait.Dot))
            {
                if (length > 0 && last != Dot)
                {
                    name[length++] = Dot;
                }
            }
            else if (char.IsLetterOrDigit(character) || char.IsSurrogate(character))
            {
                name[length++] = char.ToUpperInvariant(Characters.Simplify(character));
            }
        }

        return length;
    }

    private static int WithoutLabels(ReadOnlySpan<char> name)
    {
        var end = name.Length;
        while (end > 0 && Is(name[end - 1], Trait.Label))
        {
            end--;
        }

        return end > 0 && name[end - 1] == Withheld ? end : name.Length;
    }

    private static bool IsPlaceholder(ReadOnlySpan<char> name)
    {
        if (name is [] or [Withheld] or [Dot])
        {
            return true;
        }

        if (!Is(name[0], Trait.BeginsPlaceholder))
        {
            return false;
        }

        foreach (var placeholder in Placeholders)
        {
            if (name.SequenceEqual(placeholder))
            {
                return true;
            }
        }

        return false;
    }

    private static int WithoutTitle(Span<char> name, int length)
    {
        if (!Is(name[length - 1], Trait.EndsTitle | Trait.ShortTitle))
        {
            return length;
        }

        foreach (var title in Titles)
        {
            if (length > title.Length && name[..length].EndsWith(title))
            {
                var rest = length - title.Length;
                return IsSurname(name[..rest]) ? Withhold(name, rest) : rest;
            }
        }

        return length >= 2 && Is(name[length - 1], Trait.ShortTitle) && IsSurname(name[..(length - 1)]) ? Withhold(name, length - 1) : length;
    }

    private static int Withhold(Span<char> name, int length)
    {
        name[length] = Withheld;
        return length + 1;
    }

    private static bool IsSurname(ReadOnlySpan<char> name) =>
        (name.Length == 1 && name[0] != Withheld && IsHan(name[0])) || (name.Length == 2 && IsCompoundSurname(name[0], name[1]));

    private static bool IsHan(char character) => character is >= '\u3400' and <= '\u9FFF';

    private static int Pair(char first, char second) => (first << 16) | second;

    private static bool IsCompoundSurname(char first, char second) => Is(first, Trait.BeginsSurname) && Array.BinarySearch(CompoundSurnamePairs, Pair(first, second)) >= 0;

    private static bool Is(char character, Trait trait) => (Traits[character] & trait) != 0;

    private static int[] MakeCompoundSurnamePairs()
    {
        var pairs = Array.ConvertAll(CompoundSurnames.Split(' '), surname => Pair(surname[0], surname[1]));
        Array.Sort(pairs);
        return pairs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Trait[] MakeTraits()
    {
        var traits = new Trait[char.MaxValue + 1];
        for (var character = '\u3400'; character <= '\u9FFF'; character++)
        {
            traits[character] = Characters.Simplify(character) == character ? Trait.Plain : Trait.None;
        }

        Mark(Masks, Trait.Mask);
        Mark(Dots, Trait.Dot);
        Mark(ShortTitles, Trait.ShortTitle);
        Mark(Labels, Trait.Label);
        Mark("小老大", Trait.CallsByName | Trait.CallsBySurname);
        Mark("阿", Trait.CallsByName);
        foreach (var mask in Masks)
        {
            traits[mask] &= ~Trait.Plain;
        }

        foreach (var title in Titles)
        {
            traits[title[^1]] |= Trait.EndsTitle;
        }

        foreach (var placeholder in Placeholders)
        {
            traits[placeholder[0]] |= Trait.BeginsPlaceholder;
        }

        foreach (var surname in CompoundSurnames.Split(' '))
        {
            traits[surname[0]] |= Trait.BeginsSurname;
        }

        return traits;

        void Mark(string characters, Trait trait)
        {
            foreach (var character in characters)
            {
                traits[character] |= trait;
            }
        }
    }
}
