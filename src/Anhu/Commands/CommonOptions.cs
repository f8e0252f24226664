using System.CommandLine;
using Anhu.Hosting;

namespace Anhu.Commands;

/// <summary>Options that every subcommand takes.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Data = new("--data") { Description = "Folder of the embedded store and keys (default: anhu-data).", HelpName = "DIR", Recursive = true };

    public static readonly Option<string?> Store = new("--store") { Description = "\"sqlite\" or \"postgres://user:password@host:port/database\".", HelpName = "STORE", Recursive = true };

    public static readonly Option<string?> Keys = new("--keys") { Description = "The city key: file:PATH, env:NAME or pkcs11:module=…;token=…;label=…;pin-env=… (default: a file in the data folder).", HelpName = "KEY", Recursive = true };

    public static readonly Option<string?> Crypto = new("--crypto") { Description = "Suite of a new store: aes-256-gcm (default) or guomi (SM4, SM3, SM2).", HelpName = "SUITE", Recursive = true };

    public static readonly Option<string?> Urls = new("--urls") { Description = "Addresses to listen on, such as http://127.0.0.1:5080.", HelpName = "URL", Recursive = true };

    public static readonly Option<bool> Demo = new("--demo") { Description = "Demo data and sign-ins, made up." };

    /// <summary>Settings: defaults, then appsettings.json, then environment (ANHU_DATA, ANHU_STORE …), then the command line.</summary>
    public static Dictionary<string, string?> ToConfiguration(ParseResult parsed)
    {
        var values = new Dictionary<string, string?>();
        void Take(string key, string? value)
        {
            if (value is not null)
            {
                values[key] = value;
            }
        }

        Take("Anhu:Data", parsed.GetValue(Data));
        Take("Anhu:Store", parsed.GetValue(Store));
        Take("Anhu:Keys", parsed.GetValue(Keys));
        Take("Anhu:Crypto", parsed.GetValue(Crypto));
        Take("urls", parsed.GetValue(Urls));
        return values;
    }
}
