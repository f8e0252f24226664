namespace Anhu.Modules.Demo;

/// <summary>What a made-up worker is about to do.</summary>
internal enum DemoAct
{
    /// <summary>Take up a duty.</summary>
    Accept,

    /// <summary>Do it.</summary>
    Complete,

    /// <summary>Offer it to another unit.</summary>
    HandOver,

    /// <summary>Answer an offer.</summary>
    Answer,

    /// <summary>Ask for closing the case.</summary>
    AskToClose,

    /// <summary>Close the case as the second person.</summary>
    Close,
}

/// <summary>One entry of the agenda.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Act">What.</param>
/// <param name="CaseId">The case.</param>
/// <param name="DutyId">The duty; empty when it is about the case.</param>
/// <param name="Nth">Number of the duty among those of its kind in the case, from 0.</param>
internal sealed record DemoPlan(DateTimeOffset At, DemoAct Act, Guid CaseId, Guid DutyId, int Nth);

/// <summary>What is to be done, soonest first; at one instant in the order in which it was planned.</summary>
internal sealed class DemoAgenda
{
    private readonly PriorityQueue<DemoPlan, (DateTimeOffset At, long Order)> queue = new();
    private long order;

    /// <summary>Puts something on the agenda.</summary>
    /// <param name="plan">What.</param>
    public void Add(DemoPlan plan) => queue.Enqueue(plan, (plan.At, order++));

    /// <summary>Takes what comes next before an instant; null when there is nothing.</summary>
    /// <param name="before">The instant, UTC.</param>
    public DemoPlan? Next(DateTimeOffset before) => queue.TryPeek(out var plan, out _) && plan.At < before ? queue.Dequeue() : null;

    /// <summary>When the next entry is due, UTC; null when there is none.</summary>
    public DateTimeOffset? NextAt => queue.TryPeek(out var plan, out _) ? plan.At : null;

    /// <summary>The cases that come up before an instant.</summary>
    /// <param name="before">The instant, UTC.</param>
    public HashSet<Guid> Cases(DateTimeOffset before)
    {
        // Taken out and put back: a queue has no look into its middle.
        var taken = new List<(DemoPlan Plan, (DateTimeOffset, long) Place)>();
        while (queue.TryPeek(out var plan, out var place) && plan.At < before)
        {
            taken.Add((queue.Dequeue(), place));
        }

        foreach (var (plan, place) in taken)
        {
            queue.Enqueue(plan, place);
        }

        return [.. taken.Where(t => t.Plan.DutyId != Guid.Empty).Select(t => t.Plan.CaseId)];
    }
}
