namespace Anhu.Common;

/// <summary>Reads of the one clock, cut to what both stores keep.</summary>
public static class Clock
{
    extension(TimeProvider time)
    {
        /// <summary>The present instant in UTC, cut to the microsecond that SQLite and PostgreSQL both keep, so that what was saved equals what is in memory.</summary>
        public DateTimeOffset Now => CutToMicroseconds(time.GetUtcNow());
    }

    /// <summary>Cuts an instant to whole microseconds in UTC.</summary>
    /// <param name="instant">Any instant, any offset.</param>
    /// <returns>The same instant with offset zero and no fraction of a microsecond.</returns>
    public static DateTimeOffset CutToMicroseconds(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
