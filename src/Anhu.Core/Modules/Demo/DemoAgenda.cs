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

    /// <summary>Decide, as the superior of both, where an offer came to nothing.</summary>
    Decide,

    /// <summary>Hear from the telephone network what became of the duty's message.</summary>
    HearOfMessage,

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

    /// <summary>Takes what comes next until an instant; null when there is nothing.</summary>
    /// <param name="until">The instant, UTC.</param>
    public DemoPlan? Next(DateTimeOffset until) => queue.TryPeek(out var plan, out _) && plan.At <= until ? queue.Dequeue() : null;

    /// <summary>When the next entry is due, UTC; null when there is none.</summary>
    public DateTimeOffset? NextAt => queue.TryPeek(out var plan, out _) ? plan.At : null;
}
