using System.Security.Claims;
using Anhu.Modules.Feed;
using Anhu.Modules.Organisation;
using Anhu.Modules.Security;

namespace Anhu.Modules.Clients;

/// <summary>Ends the feeds of systems that were removed or got a new secret, on whichever node.</summary>
internal sealed class ClientSessions(ClientRegistry registry) : ISessionCheck
{
    public bool Concerns(string eventType) => eventType is OrganisationEvents.ClientRemoved or OrganisationEvents.ClientRotated
        or OrganisationEvents.ClientOldSecretEnded or OrganisationEvents.ClientCertificateBound;

    public Task ChangedAsync(IReadOnlySet<string>? eventTypes, CancellationToken ct)
    {
        registry.Invalidate();
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyCollection<ClaimsPrincipal>> EndedAsync(IReadOnlyCollection<ClaimsPrincipal> open, CancellationToken ct)
    {
        var systems = open.Select(user => (User: user, Id: user.FindFirstValue(CallerClaims.Client))).Where(s => s.Id is not null).ToList();
        if (systems.Count == 0)
        {
            return [];
        }

        var clients = await registry.GetAsync(ct);
        return [.. systems.Where(s => !clients.TryGetValue(s.Id!, out var client) || client.Stamp != s.User.FindFirstValue(ClientRecord.Stamp)).Select(s => s.User)];
    }
}
