using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using Anhu.Testing;
using Microsoft.Data.Sqlite;

namespace Anhu.Tests.Account;

/// <summary>A real identity provider, Debian's Glewlwyd, on a port and a store of its own, that only this machine reaches.</summary>
internal sealed class IdentityProvider : IDisposable
{
    public const string ClientSecret = "secret-of-this-test-only";
    private const string Program = "/usr/bin/glewlwyd";
    private const string Tables = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";
    private const string Password = "Provider-Password-1";

    private readonly string folder = Directory.CreateTempSubdirectory("anhu-idp-").FullName;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> people = [];
    private readonly int port = FreePort();
    private Process? process;

    public static bool IsInstalled => File.Exists(Program) && File.Exists(Tables);

    public string Authority => $"{Base}/api/oidc";

    private string Base => $"http://127.0.0.1:{port}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts it; whoever is a client of it is said by <see cref="RegisterAsync"/>.</summary>
    public async Task StartAsync()
    {
        await using (var db = new SqliteConnection($"Data Source={folder}/db;Pooling=False"))
        {
            await db.OpenAsync(Ct);
            await using var command = db.CreateCommand();
            command.CommandText = await File.ReadAllTextAsync(Tables, Ct);
            await command.ExecuteNonQueryAsync(Ct);
        }

        await File.WriteAllTextAsync(
            $"{folder}/conf",
            $$"""
            port={{port}}
            bind_address="127.0.0.1"
            external_url="{{Base}}"
            login_url="login.html"
            api_prefix="api"
            static_files_path="/usr/share/glewlwyd/webapp/"
            log_mode="console"
            log_level="INFO"
            cookie_domain="127.0.0.1"
            cookie_secure=0
            session_expiration=86400
            session_key="PROVIDER_SESSION"
            admin_scope="g_admin"
            profile_scope="g_profile"
            user_module_path="/usr/lib/glewlwyd/user"
            user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
            client_module_path="/usr/lib/glewlwyd/client"
            user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
            plugin_module_path="/usr/lib/glewlwyd/plugin"
            use_secure_connection=false
            secure_connection_key_file=""
            secure_connection_pem_file=""
            hash_algorithm="SHA512"
            database =
            {
              type = "sqlite3"
              path = "{{folder}}/db"
            };
            """,
            Ct);
        process = Process.Start(new ProcessStartInfo(Program, $"--config-file={folder}/conf") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var anybody = Client();
        await Until.TrueAsync(async () =>
        {
            try
            {
                using var answer = await anybody.GetAsync("/config", Ct);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await AsAdministratorAsync("mod/plugin/", new Dictionary<string, object>
        {
            ["module"] = "oidc", ["name"] = "oidc", ["display_name"] = "oidc", ["enabled"] = true,
            ["parameters"] = new Dictionary<string, object>
            {
                ["iss"] = Authority, ["jwt-type"] = "ecdsa", ["jwt-key-size"] = "256", ["key"] = key.ExportPkcs8PrivateKeyPem(), ["cert"] = key.ExportSubjectPublicKeyInfoPem(),
                ["access-token-duration"] = 3600, ["refresh-token-duration"] = 86400, ["code-duration"] = 600, ["refresh-token-rolling"] = false, ["auth-type-code-enabled"] = true,
                ["auth-type-id-token-enabled"] = true, ["allow-non-oidc"] = false, ["allowed-scope"] = new[] { "openid" }, ["pkce-allowed"] = true, ["subject-type"] = "public", ["jwks-show"] = true,
                ["session-management-allowed"] = true, ["session-cookie-name"] = "PROVIDER_SID", ["session-cookie-expiration"] = 86400,
                ["claims"] = new[] { new Dictionary<string, object> { ["name"] = "preferred_username", ["user-property"] = "username", ["type"] = "string", ["mandatory"] = true } },
            },
        });
    }

    /// <summary>Makes the program a client of the provider.</summary>
    public Task RegisterAsync(Uri program) => AsAdministratorAsync("client/", new Dictionary<string, object>
    {
        ["client_id"] = "anhu", ["name"] = "anhu", ["enabled"] = true, ["confidential"] = true, ["password"] = ClientSecret, ["redirect_uri"] = new[] { new Uri(program, "/sign-in/sso/callback").ToString() },
        ["authorization_type"] = new[] { "code", "id_token" }, ["token_endpoint_auth_method"] = new[] { "client_secret_post", "client_secret_basic" }, ["scope"] = Array.Empty<string>(),
    });

    /// <summary>Adds a person to the provider, where there is none of that name yet, and signs them in there.</summary>
    /// <returns>A browser with a session at the provider.</returns>
    public async Task<HttpClient> SignInAsync(string userName)
    {
        if (people.TryAdd(userName, true))
        {
            await AsAdministratorAsync("user/", new Dictionary<string, object>
            {
                ["username"] = userName, ["name"] = userName, ["enabled"] = true, ["password"] = Password, ["scope"] = new[] { "openid" },
            });
        }

        var browser = Client();
        await SendAsync(browser, HttpMethod.Post, "auth/", new Dictionary<string, object> { ["username"] = userName, ["password"] = Password });
        await SendAsync(browser, HttpMethod.Put, "auth/grant/anhu/", new Dictionary<string, object> { ["scope"] = "openid" });
        return browser;
    }

    public void Dispose()
    {
        if (process is not null)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(folder, true);
    }

    private async Task AsAdministratorAsync(string path, Dictionary<string, object> what)
    {
        using var administrator = Client();
        await SendAsync(administrator, HttpMethod.Post, "auth/", new Dictionary<string, object> { ["username"] = "admin", ["password"] = "password" });
        await SendAsync(administrator, HttpMethod.Post, path, what);
    }

    private async Task SendAsync(HttpClient http, HttpMethod method, string path, Dictionary<string, object> what)
    {
        using var request = new HttpRequestMessage(method, $"{Base}/api/{path}") { Content = JsonContent.Create(what) };
        await request.Content.LoadIntoBufferAsync(Ct);
        using var answer = await http.SendAsync(request, Ct);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync(Ct)}");
    }

    private HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(Base) };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
