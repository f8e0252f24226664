using Anhu.Common;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace Anhu.Modules.Clients;

/// <summary>OpenIddict's manager, which for a stated time also takes the secret before the present one, so that a system can change over without a gap.</summary>
/// <typeparam name="TApplication">OpenIddict's row of a client.</typeparam>
public sealed class ClientManager<TApplication>(
    IOpenIddictApplicationCache<TApplication> cache, ILogger<OpenIddictApplicationManager<TApplication>> logger, IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<TApplication> store, TimeProvider time)
    : OpenIddictApplicationManager<TApplication>(cache, logger, options, store)
    where TApplication : class
{
    /// <inheritdoc />
    public override async ValueTask<bool> ValidateClientSecretAsync(TApplication application, string secret, CancellationToken cancellationToken = default)
    {
        if (await base.ValidateClientSecretAsync(application, secret, cancellationToken))
        {
            return true;
        }

        var properties = await GetPropertiesAsync(application, cancellationToken);
        return properties.TryGetValue(ClientRecord.OldSecret, out var old) && properties.TryGetValue(ClientRecord.OldSecretUntil, out var until)
            && until.GetDateTimeOffset() > time.Now && await ValidateClientSecretAsync(secret, old.GetString()!, cancellationToken);
    }
}
