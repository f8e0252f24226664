using Anhu.Modules.Organisation;

namespace Anhu.Modules.People;

/// <summary>Where a pair that a worker shall look at stands.</summary>
public enum LinkPairState
{
    /// <summary>Nobody has decided.</summary>
    Open,

    /// <summary>A decision waits for the second person.</summary>
    Waiting,

    /// <summary>A worker could not tell; comes up again when more is known.</summary>
    Unsure,

    /// <summary>Decided, or overtaken by another decision.</summary>
    Settled,
}

/// <summary>Two records that are likely one person: for a worker to decide. Found by the engine; deciding makes a <see cref="LinkStatement"/>.</summary>
public sealed class LinkPair
{
    /// <summary>Key.</summary>
    public required Guid LinkPairId { get; init; }

    /// <summary>The record that was there first.</summary>
    public required Guid LeftRecordId { get; init; }

    /// <summary>The record that came later.</summary>
    public required Guid RightRecordId { get; init; }

    /// <summary>Who the left one is now.</summary>
    public required Guid LeftPersonId { get; set; }

    /// <summary>Who the right one is now.</summary>
    public required Guid RightPersonId { get; set; }

    /// <summary>The case of the left record; null for a row of a list.</summary>
    public Guid? LeftCaseId { get; set; }

    /// <summary>The case of the right record; null for a row of a list.</summary>
    public Guid? RightCaseId { get; set; }

    /// <summary>How probable it is that both are one person, 0 to 1.</summary>
    public required double Probability { get; init; }

    /// <summary>Weight of the evidence, bits.</summary>
    public required double Weight { get; init; }

    /// <summary>Version of the model.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>When found, UTC.</summary>
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>State.</summary>
    public required LinkPairState State { get; set; }

    /// <summary>The gravest class of the cases of both, 1 to 3; 3 where no case is known.</summary>
    public required int Class { get; set; }

    /// <summary>Number of incidents that name either.</summary>
    public required int Incidents { get; set; }

    /// <summary>Its place in the order of what matters: the gravest class first, then the most incidents, then the newest.</summary>
    public required long Rank { get; set; }

    /// <summary>Concurrency token.</summary>
    public long Version { get; set; }

    /// <summary>Gives it its place in the order.</summary>
    /// <param name="class">Class, 1 to 3.</param>
    /// <param name="incidents">Number of incidents.</param>
    public void Place(int @class, int incidents) => (Class, Incidents, Rank) = (@class, incidents, RankOf(@class, incidents, FoundAt));

    /// <summary>The place in the order; smaller comes first.</summary>
    /// <param name="class">Class, 1 to 3.</param>
    /// <param name="incidents">Number of incidents.</param>
    /// <param name="foundAt">When found, UTC.</param>
    public static long RankOf(int @class, int incidents, DateTimeOffset foundAt)
    {
        // Seconds up to the year 2106 in 32 bits, turned round; 8 bits of incidents, turned round; the class above them.
        var newest = uint.MaxValue - Math.Clamp(foundAt.ToUnixTimeSeconds(), 0, uint.MaxValue);
        return ((long)@class << 40) | ((255L - Math.Min(incidents, 255)) << 32) | newest;
    }
}

/// <summary>A list of people that another agency gave.</summary>
public sealed class PersonList
{
    /// <summary>Key.</summary>
    public required Guid PersonListId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whose list it is; null where nobody said.</summary>
    public Agency? Agency { get; set; }

    /// <summary>SHA-256 of the file's content.</summary>
    public required byte[] ContentHash { get; init; }

    /// <summary>Number of rows taken.</summary>
    public required int Rows { get; set; }

    /// <summary>When taken, UTC.</summary>
    public required DateTimeOffset TakenAt { get; init; }
}
