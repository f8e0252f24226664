using System.Runtime.CompilerServices;
using System.Text;

namespace Anhu.Linkage.Chinese;

/// <summary>The tables behind <see cref="Characters"/>, read once from <c>characters.txt</c>. Its loops run but once, so they are compiled in full at once.</summary>
internal sealed class CharacterTables
{
    /// <summary>First and last character of which there are readings.</summary>
    public const char First = '\u3400';

    /// <inheritdoc cref="First"/>
    public const char Last = '\u9FFF';

    private readonly Dictionary<string, ushort> sounds = new(512, StringComparer.Ordinal);

    private CharacterTables()
    {
    }

    /// <summary>Four lanes of 16 bits: the usual sound, two others and the surname's.</summary>
    public ulong[] Readings { get; } = new ulong[Last - First + 1];

    /// <summary>Each character's simplified form.</summary>
    public char[] SimplifiedForms { get; } = new char[char.MaxValue + 1];

    /// <summary>The sound of a surname where that is not the usual one.</summary>
    public ushort[] SurnameSounds { get; } = new ushort[Last - First + 1];

    /// <summary>Pairs that look alike, by open addressing.</summary>
    public uint[] AlikePairs { get; } = new uint[1 << 16];

    /// <summary>Each sound's pinyin; the first is none.</summary>
    public string[] Syllables { get; private set; } = [];

    /// <summary>Sound to the sound it is often taken for: zh is z, n is l, ang is an.</summary>
    public ushort[] Blurred { get; private set; } = [];

    /// <summary>Reads the tables.</summary>
    public static CharacterTables Load()
    {
        using var stream = typeof(CharacterTables).Assembly.GetManifestResourceStream("Anhu.Linkage.Chinese.characters.txt")
            ?? throw new InvalidOperationException("characters.txt is missing from the program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var tables = new CharacterTables();
        tables.Read(text.AsSpan(0, Encoding.UTF8.GetChars(bytes, text)));
        tables.Blur();
        return tables;
    }

    /// <summary>Two characters as one number, whatever their order.</summary>
    public static uint Pair(char a, char b) => a < b ? ((uint)a << 16) | b : ((uint)b << 16) | a;

    /// <summary>Where in <see cref="AlikePairs"/> the search for a pair begins.</summary>
    public static int Slot(uint pair) => (int)((pair * 2_654_435_769) >> 16);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Read(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < SimplifiedForms.Length; i++)
        {
            SimplifiedForms[i] = (char)i;
        }

        ReadOnlySpan<char> section = [];
        while (text.IndexOf('\n') is > 0 and var end)
        {
            var line = text[..end];
            text = text[(end + 1)..];
            if (line[0] == '#')
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
                AddAlike(line);
            }
            else
            {
                AddReadings(section, line);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddAlike(ReadOnlySpan<char> line)
    {
        var pairs = AlikePairs;
        foreach (var other in line[1..])
        {
            var pair = Pair(line[0], other);
            var at = Slot(pair);
            while (pairs[at] != 0)
            {
                at = (at + 1) & (pairs.Length - 1);
            }

            pairs[at] = pair;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddReadings(ReadOnlySpan<char> section, ReadOnlySpan<char> line)
    {
        var blank = line.IndexOf(' ');
        var sound = SoundOf(line[..blank].ToString());
        foreach (var character in line[(blank + 1)..])
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

    private ushort SoundOf(string syllable)
    {
        if (!sounds.TryGetValue(syllable, out var sound))
        {
            sounds.Add(syllable, sound = (ushort)(sounds.Count + 1));
        }

        return sound;
    }

    private void Blur()
    {
        Syllables = ["", .. sounds.Keys];
        Blurred = new ushort[Syllables.Length];
        var first = new Dictionary<string, ushort>(512, StringComparer.Ordinal);
        for (ushort sound = 1; sound < Syllables.Length; sound++)
        {
            var blurred = Blurring(Syllables[sound]);
            Blurred[sound] = first.TryAdd(blurred, sound) ? sound : first[blurred];
        }
    }

    private static string Blurring(string syllable)
    {
        var beginning = syllable switch
        {
            ['z' or 'c' or 's', 'h', .. var rest] => syllable[0] + rest,
            ['n', 'a' or 'e' or 'i' or 'o' or 'u' or 'v', ..] => "l" + syllable[1..],
            _ => syllable,
        };
        return beginning is [.., not 'o', 'n', 'g'] ? beginning[..^1] : beginning;
    }
}
