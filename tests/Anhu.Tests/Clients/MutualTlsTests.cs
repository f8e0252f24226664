using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Anhu.Common;
using Anhu.Modules.Clients;
using Anhu.Testing;

namespace Anhu.Tests.Clients;

/// <summary>A system with a certificate bound to it gets in over real TLS with that certificate only.</summary>
public sealed class MutualTlsTests(MutualTlsTests.City city) : IClassFixture<MutualTlsTests.City>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_WithABoundCertificate_NeedsItForTheTokenAndForEachCall()
    {
        using var own = Certificate("hefei-110", DateTimeOffset.UtcNow.AddDays(30));
        using var other = Certificate("hefei-110", DateTimeOffset.UtcNow.AddDays(30));
        var client = (await city.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.AddAsync("mutual", "340104-police", ["cases.read"], Ct))).Value;
        await city.WithAsync<ClientAdministration>(async clients =>
            Assert.True((await clients.BindCertificateAsync(client.ClientId, own.GetCertHashString(HashAlgorithmName.SHA256), null, Ct)).IsOk));
        using var with = city.Connect(own);
        using var without = city.Connect(null);
        using var withAnother = city.Connect(other);

        using var refused = await ClientCalls.AskTokenAsync(without, client);
        using var refusedToo = await ClientCalls.AskTokenAsync(withAnother, client);
        var token = await ClientCalls.TokenAsync(with, client);
        using var calls = await ClientCalls.GetAsync(with, "/api/v1/units?limit=1", token);
        using var stolen = await ClientCalls.GetAsync(without, "/api/v1/units?limit=1", token);
        using var stolenToo = await ClientCalls.GetAsync(withAnother, "/api/v1/units?limit=1", token);

        Assert.False(refused.IsSuccessStatusCode);
        Assert.False(refusedToo.IsSuccessStatusCode);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (calls.StatusCode, stolen.StatusCode, stolenToo.StatusCode));
    }

    [Fact]
    public async Task Client_WithoutABoundCertificate_AndPeopleWithout_GetInAsBefore()
    {
        var client = (await city.WithAsync<ClientAdministration, Result<ClientCredentials>>(clients => clients.AddAsync("plain", "340104-police", ["cases.read"], Ct))).Value;
        using var plain = city.Connect(null);

        using var calls = await ClientCalls.GetAsync(plain, "/api/v1/units?limit=1", await ClientCalls.TokenAsync(plain, client));
        using var page = await plain.GetAsync("/sign-in", Ct);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (calls.StatusCode, page.StatusCode));
    }

    [Fact]
    public async Task Certificate_ThatIsOutOfDate_IsRefusedInTheHandshake()
    {
        using var stale = Certificate("hefei-110", DateTimeOffset.UtcNow.AddDays(-1));
        using var http = city.Connect(stale);

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("/sign-in", Ct));
    }

    private static X509Certificate2 Certificate(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(until.AddDays(-60), until);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public sealed class City : AnhuFixture
    {
        private string? serverHash;
        private readonly string folder = Directory.CreateTempSubdirectory("anhu-tls-").FullName;

        public HttpClient Connect(X509Certificate2? certificate)
        {
            var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == serverHash,
                ClientCertificates = certificate is null ? null : [certificate],
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            };
            return new HttpClient(handler) { BaseAddress = Address };
        }

        protected override void Configure(Dictionary<string, string?> settings)
        {
            using var server = Certificate("localhost", DateTimeOffset.UtcNow.AddDays(30));
            serverHash = server.GetCertHashString(HashAlgorithmName.SHA256);
            var file = Path.Combine(folder, "server.pfx");
            File.WriteAllBytes(file, server.Export(X509ContentType.Pkcs12));
            settings.Remove("urls");
            settings["Anhu:Clients:AcceptCertificates"] = "true";
            settings["Kestrel:Endpoints:Mutual:Url"] = "https://127.0.0.1:0";
            settings["Kestrel:Endpoints:Mutual:Certificate:Path"] = file;
        }
    }
}
