namespace Anhu.Modules.Protection;

/// <summary>What a key of the store is for.</summary>
public enum KeyPurpose
{
    /// <summary>Seals values.</summary>
    Data,

    /// <summary>Makes the blind indexes by which people are found. Two generations are in use while <c>Reindex</c> goes from one to the next.</summary>
    Index,

    /// <summary>Makes the keys under which a phone keeps what it has not sent yet. Nothing stored depends on it.</summary>
    Device,
}

/// <summary>A key of the store, wrapped by the city key, which the store does not hold.</summary>
public sealed class ProtectionKey
{
    /// <summary>What it is for.</summary>
    public required KeyPurpose Purpose { get; init; }

    /// <summary>Counts up; values name the generation that sealed them, the highest seals.</summary>
    public required int Generation { get; init; }

    /// <summary>The suite (<see cref="CipherSuite.Name"/>).</summary>
    public required string Suite { get; init; }

    /// <summary>Which city key wraps it; says nothing about that key.</summary>
    public required string CityKeyId { get; init; }

    /// <summary>The key, wrapped.</summary>
    public required byte[] Wrapped { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The keys can't be opened or don't belong to the store; the message says what to do and names no key.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The cause.</param>
public sealed class CityKeysException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A sealed value is not what was sealed.</summary>
/// <param name="place">Its column.</param>
/// <param name="row">The key of its row; null where that is not known.</param>
/// <param name="why">What is wrong with it.</param>
public sealed class SealedValueException(string place, string? row, string why)
    : Exception(row is null ? $"A value of {place} can't be opened: {why}." : $"The value of {place} in row {row} can't be opened: {why}.")
{
    /// <summary>Its column.</summary>
    public string Place => place;

    /// <summary>The key of its row; null where that is not known.</summary>
    public string? Row => row;

    /// <summary>What is wrong with it.</summary>
    public string Why => why;
}

/// <summary>The rows of the keys, wherever they are kept.</summary>
public interface IKeyTable
{
    /// <summary>All rows; null when there is no store or no such table yet.</summary>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<ProtectionKey>?> ReadAsync(CancellationToken ct);

    /// <summary>The same for callers who cannot await.</summary>
    IReadOnlyList<ProtectionKey>? Read();

    /// <summary>Whether the store holds anything that keys were needed for.</summary>
    /// <param name="ct">Cancels.</param>
    Task<bool> HoldsDataAsync(CancellationToken ct);

    /// <summary>Adds rows, unless a row of the same purpose and generation is there.</summary>
    /// <param name="keys">The rows.</param>
    /// <param name="ct">Cancels.</param>
    Task AddAsync(IReadOnlyList<ProtectionKey> keys, CancellationToken ct);

    /// <summary>Puts rows in the place of all rows, in one transaction.</summary>
    /// <param name="expected">The rows as they were read; nothing is changed when others are there now.</param>
    /// <param name="keys">The new rows.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when other rows were there.</returns>
    Task<bool> ReplaceAsync(IReadOnlyList<ProtectionKey> expected, IReadOnlyList<ProtectionKey> keys, CancellationToken ct);
}
