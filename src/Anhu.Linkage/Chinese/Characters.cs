using System.Numerics;
using System.Text;

namespace Anhu.Linkage.Chinese;

/// <summary>What is known of each Chinese character: its sounds, its simplified form, and which others look like it. Read once from <c>characters.txt</c>.</summary>
internal static class Characters
{
    private const char First = '\u3400';
    private const char Last = '\u9FFF';

    /// <summary>Four lanes of 16 bits: the usual sound, two others and the surname's; a lane with nothing of its own repeats the first.</summary>
    private static readonly ulong[] Readings = new ulong[Last - First + 1];

    private static readonly char[] SimplifiedForms = new char[char.MaxValue + 1];

    private static readonly ushort[] SurnameSounds = new ushort[Last - First + 1];

    /// <summary>Pairs that look alike, by open addressing: smaller character high, greater one low.</summary>
    private static readonly uint[] AlikePairs = new uint[1 << 16];

    private static readonly string[] Syllables;

    /// <summary>Sound to the sound it is often taken for: zh is z, n is l, ang is an.</summary>
    private static readonly ushort[] Blurred;

    static Characters()
    {
        for (var i = 0; i < SimplifiedForms.Length; i++)
        {
            SimplifiedForms[i] = (char)i;
        }

        using var stream = typeof(Characters).Assembly.GetManifestResourceStream("Anhu.Linkage.Chinese.characters.txt")
            ?? throw new InvalidOperationException("characters.txt is missing from the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8, false, 1 << 16);
        var sounds = new Dictionary<string, ushort>(512);
        var section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                section = line[2..];
            }
            else if (section is "simplified")
            {
                for (var i = 0; i + 1 < line.Length; i += 2)
                {
                    SimplifiedForms[line[i]] = line[i + 1];
                }
            }
            else if (section is "alike")
            {
                foreach (var other in line.AsSpan(1))
                {
                    AddAlike(line[0], other);
                }
            }
            else
            {
                var blank = line.IndexOf(' ', StringComparison.Ordinal);
                var syllable = line[..blank];
                if (!sounds.TryGetValue(syllable, out var sound))
                {
                    sounds.Add(syllable, sound = (ushort)(sounds.Count + 1));
                }

                AddReadings(section, sound, line.AsSpan(blank + 1));
            }
        }

        Syllables = new string[sounds.Count + 1];
        Syllables[0] = "";
        foreach (var (syllable, sound) in sounds)
        {
            Syllables[sound] = syllable;
        }

        Blurred = new ushort[sounds.Count + 1];
        var byBlur = new Dictionary<string, ushort>();
        for (ushort sound = 1; sound < Syllables.Length; sound++)
        {
            var blur = Blur(Syllables[sound]);
            Blurred[sound] = byBlur.TryAdd(blur, sound) ? sound : byBlur[blur];
        }
    }

    /// <summary>The simplified form; most characters are their own.</summary>
    public static char Simplify(char character) => SimplifiedForms[character];

    /// <summary>The usual sound of a character, as a number from 1; 0 for what has none.</summary>
    public static int Sound(char character) => character is >= First and <= Last ? (int)(Readings[character - First] & 0xFFFF) : 0;

    /// <summary>The sound of a character that is a surname.</summary>
    public static int SurnameSound(char character) =>
        character is >= First and <= Last && SurnameSounds[character - First] is > 0 and var sound ? sound : Sound(character);

    /// <summary>The sound that a sound is often taken for, by people who don't tell zh from z, n from l, or -ng from -n.</summary>
    public static int BlurredSound(int sound) => Blurred[sound];

    /// <summary>A sound in pinyin without tone, v for ü.</summary>
    public static string Pinyin(int sound) => Syllables[sound];

    /// <summary>True for equal characters and such that have a reading in common, tones aside.</summary>
    public static bool SoundAlike(char a, char b)
    {
        if (a == b)
        {
            return true;
        }

        if (a is < First or > Last || b is < First or > Last)
        {
            return false;
        }

        var x = Readings[a - First];
        var y = Readings[b - First];
        if (x == 0 || y == 0)
        {
            return false;
        }

        return (ZeroLanes(x ^ y) | ZeroLanes(x ^ BitOperations.RotateLeft(y, 16))
            | ZeroLanes(x ^ BitOperations.RotateLeft(y, 32)) | ZeroLanes(x ^ BitOperations.RotateLeft(y, 48))) != 0;
    }

    /// <summary>True when the usual readings are one to people who don't tell zh from z, n from l, or -ng from -n.</summary>
    public static bool SoundNear(char a, char b)
    {
        var x = Sound(a);
        return x != 0 && Blurred[x] == Blurred[Sound(b)];
    }

    /// <summary>True when one character is easily written or read for the other.</summary>
    public static bool LookAlike(char a, char b)
    {
        var pair = Pair(a, b);
        for (var at = Slot(pair); AlikePairs[at] != 0; at = (at + 1) & (AlikePairs.Length - 1))
        {
            if (AlikePairs[at] == pair)
            {
                return true;
            }
        }

        return false;
    }

    private static ulong ZeroLanes(ulong lanes) => (lanes - 0x0001_0001_0001_0001) & ~lanes & 0x8000_8000_8000_8000;

    private static uint Pair(char a, char b) => a < b ? ((uint)a << 16) | b : ((uint)b << 16) | a;

    private static int Slot(uint pair) => (int)((pair * 2_654_435_769) >> 16);

    private static void AddAlike(char a, char b)
    {
        var pair = Pair(a, b);
        var at = Slot(pair);
        while (AlikePairs[at] != 0)
        {
            at = (at + 1) & (AlikePairs.Length - 1);
        }

        AlikePairs[at] = pair;
    }

    private static void AddReadings(string section, ushort sound, ReadOnlySpan<char> characters)
    {
        foreach (var character in characters)
        {
            if (character is < First or > Last)
            {
                continue;
            }

            ref var lanes = ref Readings[character - First];
            if (section is "first")
            {
                lanes = sound * 0x0001_0001_0001_0001ul;
            }
            else if (section is "also")
            {
                var lane = (ushort)(lanes >> 16) == (ushort)lanes ? 16 : 32;
                lanes = (lanes & ~(0xFFFFul << lane)) | ((ulong)sound << lane);
            }
            else
            {
                lanes = (lanes & ~(0xFFFFul << 48)) | ((ulong)sound << 48);
                SurnameSounds[character - First] = sound;
            }
        }
    }

    private static string Blur(string syllable)
    {
        var blurred = syllable.StartsWith("zh", StringComparison.Ordinal) || syllable.StartsWith("ch", StringComparison.Ordinal) || syllable.StartsWith("sh", StringComparison.Ordinal)
            ? syllable[0] + syllable[2..]
            : syllable.StartsWith('n') && syllable.Length > 1 && "aeiouv".Contains(syllable[1], StringComparison.Ordinal) ? "l" + syllable[1..] : syllable;
        return blurred.EndsWith("ng", StringComparison.Ordinal) && !blurred.EndsWith("ong", StringComparison.Ordinal) ? blurred[..^1] : blurred;
    }
}
