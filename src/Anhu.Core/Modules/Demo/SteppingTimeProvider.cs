namespace Anhu.Modules.Demo;

/// <summary>The clock of the year that is made up: stands still until it is moved on.</summary>
internal sealed class SteppingTimeProvider(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset now = start;

    /// <summary>Moves on; never back.</summary>
    /// <param name="to">The new instant.</param>
    public void MoveTo(DateTimeOffset to) => now = to > now ? to : now;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => now;
}
