using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>Compares names of persons written in Chinese characters.</summary>
public sealed class ChineseNameComparer : ValueComparer
{
    private const int SameSound = 1;
    private const int AlikeCharacter = 2;
    private const int NearSound = 3;
    private const int TurnedRound = 4;
    private const int CharacterMissing = 5;
    private const int Withheld = 6;
    private const int CalledName = 7;
    private const int OneGivenCharacterSame = 8;
    private const int SameGivenName = 9;
    private const int SameSurname = 10;
    private const int Different = 11;

    /// <summary>From this length on a minority's name with one other character is a slip in it.</summary>
    private const int LongName = 6;

    /// <inheritdoc/>
    public override string Name => "chinese-name";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } =
    [
        new("equal", ByFrequency: true),
        new("same-sound", ByFrequency: true),
        new("alike-character"),
        new("near-sound"),
        new("turned-round"),
        new("character-missing"),
        new("withheld"),
        new("called-name"),
        new("one-given-character-same"),
        new("same-given-name"),
        new("same-surname"),
        new("different"),
    ];

    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised) => PersonName.Normalise(value, normalised);

    /// <inheritdoc/>
    public override int LevelOfEqual(ReadOnlySpan<char> value) =>
        value.Contains(PersonName.Withheld) ? Withheld : value.Length == 2 && (value[0] is '小' or '阿') ? CalledName : 0;

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length > b.Length)
        {
            var longer = a;
            a = b;
            b = longer;
        }

        if (a.Contains(PersonName.Withheld) || b.Contains(PersonName.Withheld))
        {
            return CompareWithheld(a, b);
        }

        if (a.Contains(PersonName.Dot) || b.Contains(PersonName.Dot))
        {
            return CompareParts(a, b);
        }

        if (char.IsAsciiLetter(a[0]) != char.IsAsciiLetter(b[0]))
        {
            return IsSpelt(a, b) || IsSpelt(b, a) ? NearSound : Different;
        }

        var level = a.Length == b.Length ? CompareCharacters(a, b) : 0;
        if (level == SameSound)
        {
            return SameSound;
        }

        var surnameOfA = PersonName.SurnameLength(a);
        var surnameOfB = PersonName.SurnameLength(b);
        var surname = a[..surnameOfA].SequenceEqual(b[..surnameOfB]);
        var givenOfA = a[surnameOfA..];
        var givenOfB = b[surnameOfB..];
        if (a.Length == b.Length && IsTurned(a, b, surname, givenOfA, givenOfB))
        {
            return TurnedRound;
        }

        if (level > 0)
        {
            return level;
        }

        if (IsCalledAs(a, b) || IsCalledAs(b, a))
        {
            return CalledName;
        }

        if (IsShortened(a, b, givenOfA, givenOfB, surname))
        {
            return CharacterMissing;
        }

        if (surname)
        {
            return HaveOneInCommon(givenOfA, givenOfB) ? OneGivenCharacterSame : SameSurname;
        }

        return givenOfA.Length >= 2 && SoundAlike(givenOfA, givenOfB) ? SameGivenName : Different;
    }

    /// <summary>The level of two names of one length by what is at each place; 0 when they are too far apart.</summary>
    private static int CompareCharacters(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var alike = 0;
        var near = 0;
        for (var i = 0; i < a.Length; i++)
        {
            if (Characters.SoundAlike(a[i], b[i]))
            {
                continue;
            }

            if (Characters.LookAlike(a[i], b[i]))
            {
                alike++;
            }
            else if (Characters.SoundNear(a[i], b[i]))
            {
                near++;
            }
            else
            {
                return 0;
            }
        }

        return alike + near == 0 ? SameSound : alike == 0 ? NearSound : alike + near == 1 ? AlikeCharacter : 0;
    }

    private static bool SoundAlike(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (!Characters.SoundAlike(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTurned(ReadOnlySpan<char> a, ReadOnlySpan<char> b, bool sameSurname, ReadOnlySpan<char> givenOfA, ReadOnlySpan<char> givenOfB)
    {
        if (sameSurname && givenOfA.Length == 2 && givenOfB.Length == 2 && Characters.SoundAlike(givenOfA[0], givenOfB[1]) && Characters.SoundAlike(givenOfA[1], givenOfB[0]))
        {
            return true;
        }

        // Family name last, as abroad.
        return IsSurnameLast(a, b, givenOfA) || IsSurnameLast(b, a, givenOfB);
    }

    private static bool IsSurnameLast(ReadOnlySpan<char> name, ReadOnlySpan<char> turned, ReadOnlySpan<char> given) =>
        turned.StartsWith(given) && name.StartsWith(turned[given.Length..]) && name.Length >= 2;

    /// <summary>True when one name is 小芳, 阿强, 老王 or 芳芳, and fits the other.</summary>
    private static bool IsCalledAs(ReadOnlySpan<char> called, ReadOnlySpan<char> name)
    {
        if (!PersonName.IsCalled(called))
        {
            return false;
        }

        var surname = PersonName.IsCalled(name) ? 1 : PersonName.SurnameLength(name);
        foreach (var character in name[surname..])
        {
            if (Characters.SoundAlike(called[1], character))
            {
                return true;
            }
        }

        return surname == 1 && PersonName.CallsBySurname(called) && name[0] == called[1];
    }

    private static bool IsShortened(ReadOnlySpan<char> shorter, ReadOnlySpan<char> longer, ReadOnlySpan<char> givenOfShorter, ReadOnlySpan<char> givenOfLonger, bool sameSurname)
    {
        if (longer.Length == shorter.Length || shorter.Length < 2)
        {
            return false;
        }

        if (sameSurname && givenOfLonger.Length == givenOfShorter.Length + 1)
        {
            return IsWithin(givenOfShorter, givenOfLonger);
        }

        return SoundAlike(shorter, givenOfLonger);
    }

    /// <summary>True when all characters of the shorter stand in the longer in the same order.</summary>
    private static bool IsWithin(ReadOnlySpan<char> shorter, ReadOnlySpan<char> longer)
    {
        var found = 0;
        foreach (var character in longer)
        {
            if (found < shorter.Length && Characters.SoundAlike(shorter[found], character))
            {
                found++;
            }
        }

        return found == shorter.Length;
    }

    private static bool HaveOneInCommon(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length + b.Length < 3)
        {
            return false;
        }

        foreach (var character in a)
        {
            if (b.Contains(character))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>王某 or 王某明 against another name.</summary>
    private static int CompareWithheld(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var inA = a.IndexOf(PersonName.Withheld);
        var inB = b.IndexOf(PersonName.Withheld);
        if (inA >= 0 && inB >= 0)
        {
            var head = Math.Min(inA, inB);
            return head > 0 && SoundAlike(a[..head], b[..head]) ? Withheld : Different;
        }

        return inA >= 0 ? CompareWithheld(a, inA, b) : CompareWithheld(b, inB, a);
    }

    private static int CompareWithheld(ReadOnlySpan<char> withheld, int at, ReadOnlySpan<char> name)
    {
        var head = withheld[..at];
        var tail = withheld[(at + 1)..];
        if (name.Length > head.Length + tail.Length && SoundAlike(head, name[..head.Length]) && SoundAlike(tail, name[^tail.Length..]))
        {
            return Withheld;
        }

        if (at == 1 && PersonName.IsCalled(name) && PersonName.CallsBySurname(name) && name[1] == withheld[0])
        {
            return Withheld;
        }

        var surname = PersonName.SurnameLength(name);
        return at >= surname && name[..surname].SequenceEqual(withheld[..surname]) ? SameSurname : Different;
    }

    /// <summary>True when Latin letters are the pinyin of a name, family name first or last.</summary>
    private static bool IsSpelt(ReadOnlySpan<char> letters, ReadOnlySpan<char> name)
    {
        var surname = PersonName.SurnameLength(name);
        var first = Spelling(letters, name[..surname], isSurname: true);
        if (first > 0 && Spelling(letters[first..], name[surname..], isSurname: false) == letters.Length - first)
        {
            return true;
        }

        first = Spelling(letters, name[surname..], isSurname: false);
        return first > 0 && Spelling(letters[first..], name[..surname], isSurname: true) == letters.Length - first;
    }

    /// <summary>How many letters at the beginning spell the characters; -1 when they don't.</summary>
    private static int Spelling(ReadOnlySpan<char> letters, ReadOnlySpan<char> characters, bool isSurname)
    {
        var at = 0;
        for (var i = 0; i < characters.Length; i++)
        {
            var pinyin = Characters.Pinyin(isSurname && i == 0 ? Characters.SurnameSound(characters[i]) : Characters.Sound(characters[i]));
            if (pinyin.Length == 0)
            {
                return -1;
            }

            foreach (var letter in pinyin)
            {
                // Passports write LYU for lü.
                if (letter == 'v' && letters[at..].StartsWith("YU"))
                {
                    at += 2;
                }
                else if (at < letters.Length && (letters[at] | 0x20) is var written && (written == letter || (letter == 'v' && written == 'u')))
                {
                    at++;
                }
                else
                {
                    return -1;
                }
            }
        }

        return at;
    }

    /// <summary>Names with a dot: the person's own name, then the father's.</summary>
    private static int CompareParts(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var differing = CountDiffering(a, b, out var compared);
        if (differing == 0)
        {
            return SameSound;
        }

        if (differing == 1 && compared >= LongName)
        {
            return AlikeCharacter;
        }

        var endOfA = a.IndexOf(PersonName.Dot);
        var endOfB = b.IndexOf(PersonName.Dot);
        var first = SoundAlike(endOfA < 0 ? a : a[..endOfA], endOfB < 0 ? b : b[..endOfB]);
        if (endOfA < 0 || endOfB < 0)
        {
            return first ? CharacterMissing : Different;
        }

        var restOfA = a[(endOfA + 1)..];
        var restOfB = b[(endOfB + 1)..];
        return first ? restOfA.StartsWith(restOfB) || restOfB.StartsWith(restOfA) ? CharacterMissing : SameGivenName : SoundAlike(restOfA, restOfB) ? SameSurname : Different;
    }

    /// <summary>How many characters differ in sound when dots are left out; more than there are when the names have not one length.</summary>
    private static int CountDiffering(ReadOnlySpan<char> a, ReadOnlySpan<char> b, out int compared)
    {
        compared = 0;
        var differing = 0;
        var inB = 0;
        foreach (var character in a)
        {
            if (character == PersonName.Dot)
            {
                continue;
            }

            if (inB < b.Length && b[inB] == PersonName.Dot)
            {
                inB++;
            }

            if (inB == b.Length)
            {
                return int.MaxValue;
            }

            differing += Characters.SoundAlike(character, b[inB++]) ? 0 : 1;
            compared++;
        }

        return inB == b.Length ? differing : int.MaxValue;
    }
}
