using System.Numerics;

namespace Anhu.Linkage.Chinese;

/// <summary>What is known of each Chinese character: its sounds, its simplified form, and which others look like it.</summary>
internal static class Characters
{
    private const char First = CharacterTables.First;
    private const char Last = CharacterTables.Last;

    private static readonly CharacterTables Tables = CharacterTables.Load();

    /// <summary>Four lanes of 16 bits: the usual sound, two others and the surname's; a lane with nothing of its own repeats the first.</summary>
    private static readonly ulong[] Readings = Tables.Readings;

    private static readonly char[] SimplifiedForms = Tables.SimplifiedForms;

    private static readonly ushort[] SurnameSounds = Tables.SurnameSounds;

    private static readonly uint[] AlikePairs = Tables.AlikePairs;

    private static readonly string[] Syllables = Tables.Syllables;

    private static readonly ushort[] Blurred = Tables.Blurred;

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
        var pair = CharacterTables.Pair(a, b);
        var pairs = AlikePairs;
        for (var at = CharacterTables.Slot(pair); pairs[at] != 0; at = (at + 1) & (pairs.Length - 1))
        {
            if (pairs[at] == pair)
            {
                return true;
            }
        }

        return false;
    }

    private static ulong ZeroLanes(ulong lanes) => (lanes - 0x0001_0001_0001_0001) & ~lanes & 0x8000_8000_8000_8000;
}
