using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>A key by its name and the function that writes it.</summary>
internal sealed class WrittenKey(string name, WrittenKey.Writer write) : KeyMaker
{
    /// <summary>Writes the key of a value and returns its length, 0 for none.</summary>
    public delegate int Writer(ReadOnlySpan<char> value, Span<char> key);

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override int Make(ReadOnlySpan<char> value, Span<char> key) => write(value, key);
}

/// <summary>Keys of ID numbers.</summary>
internal static class CitizenIdKeys
{
    /// <summary>The birth date in it, as yyyy-MM-dd.</summary>
    public static int BirthDate(ReadOnlySpan<char> number, Span<char> key)
    {
        var isOld = number.Length == CitizenIdNumber.OldLength;
        if (CitizenIdNumber.BirthDateOf(number) is null)
        {
            return 0;
        }

        var at = 6;
        if (isOld)
        {
            "19".CopyTo(key);
        }
        else
        {
            number.Slice(at, 2).CopyTo(key);
            at += 2;
        }

        number.Slice(at, 2).CopyTo(key[2..]);
        key[4] = '-';
        number.Slice(at + 2, 2).CopyTo(key[5..]);
        key[7] = '-';
        number.Slice(at + 4, 2).CopyTo(key[8..]);
        return 10;
    }

    /// <summary>The sex in it, 男 or 女.</summary>
    public static int Sex(ReadOnlySpan<char> number, Span<char> key)
    {
        if (CitizenIdNumber.IsMaleNumber(number) is not { } isMale)
        {
            return 0;
        }

        key[0] = isMale ? '男' : '女';
        return 1;
    }

    /// <summary>The 15-digit core: region, birth date without century, order; one for the old form and the new.</summary>
    public static int Core(ReadOnlySpan<char> number, Span<char> key)
    {
        if (number.Length == CitizenIdNumber.OldLength)
        {
            return Part(number, 0, CitizenIdNumber.OldLength, key);
        }

        return number.Length == CitizenIdNumber.Length && CitizenIdComparer.TryWriteOld(number, key) && Writing.IsDigits(key[..CitizenIdNumber.OldLength])
            ? CitizenIdNumber.OldLength : 0;
    }

    /// <summary>A piece of the number; none when part of it is masked.</summary>
    public static int Part(ReadOnlySpan<char> number, int start, int length, Span<char> key)
    {
        if (number.Length < start + length || number.Slice(start, length).Contains('*'))
        {
            return 0;
        }

        number.Slice(start, length).CopyTo(key);
        return length;
    }

    /// <summary>The end of the number; none when part of it is masked, or the number is too short to have one.</summary>
    public static int End(ReadOnlySpan<char> number, int length, Span<char> key) =>
        number.Length >= CitizenIdNumber.OldLength ? Part(number, number.Length - length, length, key) : 0;
}

/// <summary>Keys of names.</summary>
internal static class NameKeys
{
    /// <summary>Longer names are cut: a syllable takes up to six letters.</summary>
    private const int MostCharacters = 10;

    /// <summary>All characters' sounds in pinyin without tone; Latin letters as they are, so that a name spelt in them meets its characters.</summary>
    public static int Sound(ReadOnlySpan<char> name, Span<char> key) => WriteSounds(name, false, false, key);

    /// <summary>The same with sounds as one that are often taken for each other: zh and z, n and l, -ng and -n.</summary>
    public static int NearSound(ReadOnlySpan<char> name, Span<char> key) => WriteSounds(name, false, true, key);

    /// <summary>The surname's sound and those of the given name in one fixed order.</summary>
    public static int SortedSound(ReadOnlySpan<char> name, Span<char> key) => WriteSounds(name, true, false, key);

    /// <summary>The surname; of a name with a dot the part before it.</summary>
    public static int Surname(ReadOnlySpan<char> name, Span<char> key) => PersonName.IsCalled(name) ? 0 : Copy(name[..EndOfSurname(name)], key);

    /// <summary>The given name; of a called name the character that stands for it.</summary>
    public static int Given(ReadOnlySpan<char> name, Span<char> key) =>
        name.Contains(PersonName.Withheld) ? 0 : Copy(name[EndOfSurname(name)..].TrimStart(PersonName.Dot), key);

    /// <summary>First letters of the sounds.</summary>
    public static int Initials(ReadOnlySpan<char> name, Span<char> key)
    {
        if (name.Contains(PersonName.Withheld))
        {
            return 0;
        }

        var length = 0;
        for (var i = 0; i < name.Length; i++)
        {
            var pinyin = Characters.Pinyin(i == 0 ? Characters.SurnameSound(name[i]) : Characters.Sound(name[i]));
            if (name[i] != PersonName.Dot)
            {
                key[length++] = pinyin.Length > 0 ? pinyin[0] : name[i];
            }
        }

        return length;
    }

    private static int EndOfSurname(ReadOnlySpan<char> name)
    {
        var dot = name.IndexOf(PersonName.Dot);
        return dot >= 0 ? dot : PersonName.SurnameLength(name);
    }

    private static int Copy(ReadOnlySpan<char> part, Span<char> key)
    {
        part.CopyTo(key);
        return part.Length;
    }

    private static int WriteSounds(ReadOnlySpan<char> name, bool sorted, bool near, Span<char> key)
    {
        if (name.Contains(PersonName.Withheld))
        {
            return 0;
        }

        if (Writing.IsLatin(name))
        {
            return name.ToLowerInvariant(key);
        }

        Span<int> sounds = stackalloc int[MostCharacters];
        var count = 0;
        foreach (var character in name)
        {
            if (character == PersonName.Dot)
            {
                continue;
            }

            var sound = count == 0 ? Characters.SurnameSound(character) : Characters.Sound(character);
            sounds[count++] = sound == 0 ? -character : near ? Characters.BlurredSound(sound) : sound;
            if (count == MostCharacters)
            {
                break;
            }
        }

        if (sorted && count > 2)
        {
            sounds[PersonName.SurnameLength(name)..count].Sort();
        }

        var length = 0;
        foreach (var sound in sounds[..count])
        {
            if (sound < 0)
            {
                key[length++] = (char)-sound;
            }
            else
            {
                var pinyin = Characters.Pinyin(sound);
                pinyin.CopyTo(key[length..]);
                length += pinyin.Length;
            }
        }

        return length;
    }
}

/// <summary>Keys of telephone numbers.</summary>
internal static class MobileKeys
{
    private const int ShortestWhole = 10;

    /// <summary>The last digits.</summary>
    public static int Last(ReadOnlySpan<char> number, int digits, Span<char> key)
    {
        if (number.Length < digits)
        {
            return 0;
        }

        number[^digits..].CopyTo(key);
        return digits;
    }

    /// <summary>The first digits of a number with network or area code.</summary>
    public static int First(ReadOnlySpan<char> number, int digits, Span<char> key)
    {
        if (number.Length < ShortestWhole)
        {
            return 0;
        }

        number[..digits].CopyTo(key);
        return digits;
    }
}

/// <summary>Keys of dates as yyyy-MM-dd.</summary>
internal static class DateKeys
{
    /// <summary>A piece of the date.</summary>
    public static int Part(ReadOnlySpan<char> date, int start, int length, Span<char> key)
    {
        if (date.Length < start + length)
        {
            return 0;
        }

        date.Slice(start, length).CopyTo(key);
        return length;
    }

    /// <summary>Month and day; none for 1 January, which stands for an unknown day.</summary>
    public static int MonthAndDay(ReadOnlySpan<char> date, Span<char> key) => date.EndsWith("-01-01") ? 0 : Part(date, 5, 5, key);
}

/// <summary>Keys of addresses.</summary>
internal static class AddressKeys
{
    /// <summary>Road or village, and house number.</summary>
    public static int Number(ReadOnlySpan<char> address, Span<char> key)
    {
        var parts = new AddressParts(address);
        var place = parts[AddressPart.Road] is { IsEmpty: false } road ? road : parts[AddressPart.Village];
        return Join(key, place, parts[AddressPart.Number]);
    }

    /// <summary>Compound, or road and number, with building and room; of a village with house number.</summary>
    public static int Room(ReadOnlySpan<char> address, Span<char> key)
    {
        var parts = new AddressParts(address);
        return parts[AddressPart.Compound] is { IsEmpty: false } compound ? Join(key, compound, parts[AddressPart.Building], parts[AddressPart.Room])
            : parts[AddressPart.Room] is { IsEmpty: false } room && parts[AddressPart.Road] is { IsEmpty: false } road ? Join(key, road, parts[AddressPart.Number], room)
            : parts[AddressPart.Road].IsEmpty ? Join(key, parts[AddressPart.Village], parts[AddressPart.Number]) : 0;
    }

    /// <summary>Compound and building.</summary>
    public static int Building(ReadOnlySpan<char> address, Span<char> key)
    {
        var parts = new AddressParts(address);
        return Join(key, parts[AddressPart.Compound], parts[AddressPart.Building]);
    }

    /// <summary>The city.</summary>
    public static int City(ReadOnlySpan<char> address, Span<char> key)
    {
        var parts = new AddressParts(address);
        return Join(key, parts[AddressPart.City]);
    }

    /// <summary>The county or district. Many cities have one of the same name.</summary>
    public static int County(ReadOnlySpan<char> address, Span<char> key)
    {
        var parts = new AddressParts(address);
        return Join(key, parts[AddressPart.County]);
    }

    /// <summary>The parts with a bar between; none when one is missing.</summary>
    private static int Join(Span<char> key, ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        if (first.IsEmpty || second.IsEmpty)
        {
            return 0;
        }

        var length = Join(key, first);
        key[length++] = AddressParts.Separator;
        return length + Join(key[length..], second);
    }

    private static int Join(Span<char> key, ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> third)
    {
        var length = third.IsEmpty ? 0 : Join(key, first, second);
        if (length == 0)
        {
            return 0;
        }

        key[length++] = AddressParts.Separator;
        return length + Join(key[length..], third);
    }

    private static int Join(Span<char> key, ReadOnlySpan<char> part)
    {
        part.CopyTo(key);
        return part.Length;
    }
}
