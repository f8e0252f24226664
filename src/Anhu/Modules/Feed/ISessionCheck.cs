using System.Security.Claims;

namespace Anhu.Modules.Feed;

/// <summary>Knows of one kind of sign-in whether it still holds. The node's follower asks when the record says that something about sign-ins changed, on whichever node.</summary>
public interface ISessionCheck
{
    /// <summary>Whether an event can end sessions of this kind.</summary>
    /// <param name="eventType">Type of the event.</param>
    bool Concerns(string eventType);

    /// <summary>Says that such events were seen: whatever is remembered of sign-ins is looked at anew.</summary>
    /// <param name="eventTypes">Types of all events seen; null when sessions were found ended before their event came.</param>
    /// <param name="ct">Cancels.</param>
    Task ChangedAsync(IReadOnlySet<string>? eventTypes, CancellationToken ct);

    /// <summary>Those whose sign-in no longer holds.</summary>
    /// <param name="open">Principals of open feeds, of any kind.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyCollection<ClaimsPrincipal>> EndedAsync(IReadOnlyCollection<ClaimsPrincipal> open, CancellationToken ct);
}
