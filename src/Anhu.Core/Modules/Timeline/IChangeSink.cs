using Anhu.Data;

namespace Anhu.Modules.Timeline;

/// <summary>Where new rows and facts of a change go: the change tracker for one use case, the batch of the intake for many.</summary>
public interface IChangeSink
{
    /// <summary>Adds a new row.</summary>
    /// <param name="row">A mapped entity.</param>
    void Add(object row);

    /// <summary>Records a fact.</summary>
    /// <param name="fact">The fact.</param>
    void Record(PendingEvent fact);
}

/// <summary>Puts new rows and facts into a context, to be saved with it.</summary>
/// <param name="db">The context.</param>
public sealed class TrackedSink(AnhuDbContext db) : IChangeSink
{
    /// <inheritdoc />
    public void Add(object row) => db.Add(row);

    /// <inheritdoc />
    public void Record(PendingEvent fact) => db.Record(fact);
}
