using Anhu.Linkage.Chinese;
using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Tests.Chinese;

/// <summary>What tests ask of a comparer: the level's name of two values as they were written.</summary>
internal static class Comparing
{
    public static string Normalised(this ValueComparer comparer, string value)
    {
        var buffer = new char[Math.Max(64, 2 * value.Length)];
        return new(buffer, 0, comparer.Normalise(value, buffer));
    }

    public static string Level(this ValueComparer comparer, string a, string b)
    {
        var x = comparer.Normalised(a);
        var y = comparer.Normalised(b);
        if (x.Length == 0 || y.Length == 0)
        {
            return "missing";
        }

        if (x == y)
        {
            return comparer.Levels[0].Name;
        }

        var level = comparer.Compare(x, y);
        Assert.Equal(level, comparer.Compare(y, x));
        Assert.InRange(level, 1, comparer.Levels.Count - 1);
        return comparer.Levels[level].Name;
    }

    public static string Key(string key, string comparer, string value)
    {
        var normalised = ChineseCatalogue.Comparers.Single(c => c.Name == comparer).Normalised(value);
        var buffer = new char[Math.Max(64, 2 * normalised.Length)];
        return new(buffer, 0, ChineseCatalogue.Keys.Single(k => k.Name == key).Make(normalised, buffer));
    }
}
