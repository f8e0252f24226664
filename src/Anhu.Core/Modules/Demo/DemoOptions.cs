namespace Anhu.Modules.Demo;

/// <summary>How much of a made-up city there is. All of it is invented.</summary>
public sealed record DemoOptions
{
    /// <summary>Same seed, same city.</summary>
    public int Seed { get; init; } = 20261122;

    /// <summary>How many months back it begins.</summary>
    public int Months { get; init; } = 12;

    /// <summary>How many occurrences there are in these months, about.</summary>
    public int Incidents { get; init; } = 900;

    /// <summary>The last days of which more happened.</summary>
    public int DenseDays { get; init; } = 21;
}
