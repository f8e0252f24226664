namespace Anhu.Web;

/// <summary>Single sign-on through the city's identity provider (OpenID Connect); section <c>Anhu:SignOn</c>. Off without an authority.</summary>
public sealed class SignOnSettings
{
    /// <summary>Address of the provider, whose <c>/.well-known/openid-configuration</c> is read.</summary>
    public string? Authority { get; set; }

    /// <summary>Id of the program at the provider.</summary>
    public string ClientId { get; set; } = "anhu";

    /// <summary>Secret of the program at the provider; better in <see cref="ClientSecretFile"/> or the environment than in a settings file.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>File with that secret.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>Scopes that are asked for.</summary>
    public IReadOnlyList<string> Scopes { get; set; } = [];

    /// <summary>Claim that holds the worker's user name here.</summary>
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>Values of <c>amr</c> or <c>acr</c> by which the provider says that it asked for two factors; without one of them the worker's own second step is asked for here.</summary>
    public IReadOnlyList<string> TwoFactorMethods { get; set; } = [];

    /// <summary>Whether the provider may be reached without TLS; for a provider on the same machine.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Whether there is a provider.</summary>
    public bool IsOn => !string.IsNullOrEmpty(Authority);

    /// <summary>The secret, from wherever it is.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public string? Secret() => ClientSecretFile is { Length: > 0 } file ? File.ReadAllText(file).Trim() : ClientSecret;
}
