using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Anhu.Modules.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Validation;

namespace Anhu.Modules.Clients;

/// <summary>
/// Signs in a system by its bearer token. OpenIddict checks a token once; what it found is kept in memory until the token
/// ends, five minutes at most, and holds only while the client itself is unchanged.
/// </summary>
public sealed class ClientAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    OpenIddictValidationService validation, ClientRegistry registry, TokenCache cache, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the authentication scheme; requests with <c>Authorization: Bearer</c> belong to it.</summary>
    public const string SchemeName = "anhu-client";

    private const string Prefix = "Bearer ";
    private const int LongestToken = 8192;

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (header.Length > LongestToken)
        {
            return AuthenticateResult.Fail("The token is too long.");
        }

        var ct = Context.RequestAborted;
        var now = time.GetUtcNow();
        var hash = TokenHash.Of(header.AsSpan(Prefix.Length));
        var clients = await registry.GetAsync(ct);
        if (!cache.TryGet(hash, now, out var known))
        {
            known = await CheckAsync(header[Prefix.Length..].Trim(), clients, now, ct);
            if (known is null)
            {
                return AuthenticateResult.Fail("The token is not valid.");
            }

            cache.Add(hash, known, now);
        }

        if (!clients.TryGetValue(known.ClientId, out var client) || client.Stamp != known.Stamp)
        {
            return AuthenticateResult.Fail("The client was removed, or its secret changed.");
        }

        return client.MayUse(Context.Connection)
            ? AuthenticateResult.Success(new AuthenticationTicket(known.Principal, Scheme.Name))
            : AuthenticateResult.Fail("The connection does not show the client's certificate.");
    }

    /// <inheritdoc />
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        await WriteAsync(StatusCodes.Status401Unauthorized, "security.sign-in");
    }

    /// <inheritdoc />
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => WriteAsync(StatusCodes.Status403Forbidden, "security.forbidden");

    private async Task WriteAsync(int status, string code)
    {
        Response.StatusCode = status;
        var problem = new ProblemDetails { Status = status, Type = $"urn:anhu:{code}" };
        problem.Extensions["code"] = code;
        await Context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(new ProblemDetailsContext { HttpContext = Context, ProblemDetails = problem });
    }

    private async Task<SignedInClient?> CheckAsync(
        string token, IReadOnlyDictionary<string, ApiClient> clients, DateTimeOffset now, CancellationToken ct)
    {
        ClaimsPrincipal principal;
        try
        {
            principal = await validation.ValidateAccessTokenAsync(token, ct);
        }
        catch (Exception e) when (e is OpenIddictExceptions.ProtocolException or SecurityTokenException)
        {
            return null;
        }

        var clientId = principal.GetClaim(OpenIddictConstants.Claims.Subject);
        var stamp = principal.GetClaim(ClientRecord.Stamp);
        if (clientId is null || stamp is null || !clients.TryGetValue(clientId, out var client))
        {
            return null;
        }

        var identity = new ClaimsIdentity(Scheme.Name);
        identity.AddClaim(new Claim(CallerClaims.Client, clientId));
        identity.AddClaim(new Claim(CallerClaims.Unit, client.UnitId.ToString()));
        identity.AddClaim(new Claim(ClientRecord.Stamp, stamp));
        foreach (var scope in principal.GetScopes().Intersect(client.Scopes, StringComparer.Ordinal))
        {
            identity.AddClaim(new Claim(CallerClaims.Scope, scope));
        }

        var expires = principal.GetExpirationDate() ?? now;
        var latest = now + TokenCache.Longest;
        return new SignedInClient(clientId, stamp, new ClaimsPrincipal(identity), expires < latest ? expires : latest);
    }
}

/// <summary>What is known of a token that was checked.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Stamp">The client's stamp when the token was issued.</param>
/// <param name="Principal">The caller.</param>
/// <param name="ExpiresAt">When it has to be checked again, UTC.</param>
public sealed record SignedInClient(string ClientId, string Stamp, ClaimsPrincipal Principal, DateTimeOffset ExpiresAt);

/// <summary>Tokens that were checked, by their hash, so that memory holds no token. Bounded.</summary>
public sealed class TokenCache
{
    /// <summary>Longest time for which a check is trusted.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<TokenHash, SignedInClient> entries = new();
    private int count;

    internal bool TryGet(TokenHash hash, DateTimeOffset now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SignedInClient? client) =>
        entries.TryGetValue(hash, out client) && client.ExpiresAt > now;

    internal void Add(TokenHash hash, SignedInClient client, DateTimeOffset now)
    {
        if (Volatile.Read(ref count) >= Capacity)
        {
            Trim(now);
        }

        if (entries.TryAdd(hash, client))
        {
            Interlocked.Increment(ref count);
        }
        else
        {
            entries[hash] = client;
        }
    }

    private void Trim(DateTimeOffset now)
    {
        foreach (var (hash, client) in entries)
        {
            if (client.ExpiresAt <= now)
            {
                entries.TryRemove(hash, out _);
            }
        }

        // Full of live tokens: somebody asks for a token per call. Start anew rather than track who came first.
        if (entries.Count >= Capacity)
        {
            entries.Clear();
        }

        Volatile.Write(ref count, entries.Count);
    }
}

/// <summary>SHA-256 of a token.</summary>
internal readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    public static TokenHash Of(ReadOnlySpan<char> token)
    {
        Span<byte> utf8 = stackalloc byte[2048];
        byte[]? rented = null;
        if (Encoding.UTF8.GetMaxByteCount(token.Length) > utf8.Length)
        {
            utf8 = rented = System.Buffers.ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(token.Length));
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        if (rented is not null)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        var words = MemoryMarshal.Cast<byte, ulong>(hash);
        return new TokenHash(words[0], words[1], words[2], words[3]);
    }
}
