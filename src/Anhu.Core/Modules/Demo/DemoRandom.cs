namespace Anhu.Modules.Demo;

/// <summary>Chance that depends on nothing but the seed and what it is about, never on the order in which it is asked.</summary>
internal static class DemoRandom
{
    /// <summary>A source of chance for one thing.</summary>
    /// <param name="seed">Seed of the demo.</param>
    /// <param name="about">What it is about, such as a case number.</param>
    /// <param name="nth">Which of several.</param>
    public static Random For(int seed, string about, int nth = 0)
    {
        // FNV-1a: string hashes of .NET differ from run to run.
        var hash = 2166136261u ^ (uint)seed;
        foreach (var c in about)
        {
            hash = (hash ^ c) * 16777619;
        }

        return new Random((int)((hash ^ (uint)nth) * 16777619 & int.MaxValue));
    }

    /// <summary>True with a probability.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="probability">0 to 1.</param>
    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>One of several, all equally likely.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="from">The choices.</param>
    public static T Pick<T>(this Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>One of several by weight.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="from">The choices with their weights.</param>
    public static T Pick<T>(this Random random, params ReadOnlySpan<(T Choice, double Weight)> from)
    {
        var total = 0.0;
        foreach (var (_, weight) in from)
        {
            total += weight;
        }

        var at = random.NextDouble() * total;
        foreach (var (choice, weight) in from)
        {
            at -= weight;
            if (at < 0)
            {
                return choice;
            }
        }

        return from[^1].Choice;
    }

    /// <summary>A length of time between two.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="least">Shortest.</param>
    /// <param name="most">Longest.</param>
    public static TimeSpan Between(this Random random, TimeSpan least, TimeSpan most) =>
        TimeSpan.FromSeconds(Math.Floor((least + ((most - least) * random.NextDouble())).TotalSeconds));
}
