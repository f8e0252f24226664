namespace Anhu.Modules.Cases;

/// <summary>A list filter that a worker keeps.</summary>
public sealed class SavedFilter
{
    /// <summary>Key.</summary>
    public required Guid SavedFilterId { get; init; }

    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>The list's path and query, such as <c>/cases?class=1</c>.</summary>
    public required string Query { get; init; }
}
