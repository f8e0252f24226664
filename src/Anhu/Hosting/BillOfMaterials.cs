using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Anhu.Hosting;

/// <summary>
/// What the program is made of, as CycloneDX 1.6: the .NET packages that stand beside it, by what the build wrote of them (<c>anhu.deps.json</c>), and the web
/// assets in it. The same program gives the same document.
/// </summary>
public static class BillOfMaterials
{
    /// <summary>Assets of others that are in the program, as <c>wwwroot/lib/NOTICE.md</c> names them.</summary>
    internal static readonly (string Name, string Version, string Licence)[] Assets = [("@tabler/core", "1.6.1", "MIT"), ("@tabler/icons", "3.51.0", "MIT")];

    private const string HashPrefix = "sha512-";

    /// <summary>Makes the document.</summary>
    /// <param name="folder">Folder of the program.</param>
    /// <exception cref="FileNotFoundException">The program was built without the list of its packages.</exception>
    public static JsonObject Make(string folder)
    {
        var file = Path.Combine(folder, "anhu.deps.json");
        using var built = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = built.RootElement;
        var packages = root.GetProperty("libraries").EnumerateObject()
            .Where(l => l.Value.GetProperty("type").GetString() == "package").OrderBy(l => l.Name, StringComparer.Ordinal).ToList();
        var target = root.GetProperty("targets").GetProperty(root.GetProperty("runtimeTarget").GetProperty("name").GetString()!);
        var known = packages.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject
                {
                    ["type"] = "application", ["bom-ref"] = "anhu", ["name"] = "anhu", ["version"] = ProgramVersion.Version,
                    ["licenses"] = new JsonArray(Licence("Apache-2.0")),
                },
            },
            ["components"] = new JsonArray([.. packages.Select(Package), .. Assets.Select(Asset)]),
            ["dependencies"] = new JsonArray([.. packages.Select(p => DependsOn(p.Name, target, known))]),
        };
    }

    private static JsonObject Package(JsonProperty library)
    {
        var (name, version) = (library.Name.Split('/')[0], library.Name.Split('/')[1]);
        var component = new JsonObject { ["type"] = "library", ["bom-ref"] = Reference(library.Name), ["name"] = name, ["version"] = version, ["purl"] = Reference(library.Name) };
        if (library.Value.GetProperty("sha512").GetString() is { } hash && hash.StartsWith(HashPrefix, StringComparison.Ordinal))
        {
            component["hashes"] = new JsonArray(new JsonObject
            {
                ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(hash[HashPrefix.Length..])),
            });
        }

        return component;
    }

    private static JsonObject Asset((string Name, string Version, string Licence) asset) => new()
    {
        ["type"] = "library", ["bom-ref"] = AssetReference(asset.Name, asset.Version), ["name"] = asset.Name, ["version"] = asset.Version,
        ["licenses"] = new JsonArray(Licence(asset.Licence)), ["purl"] = AssetReference(asset.Name, asset.Version),
    };

    private static JsonObject DependsOn(string library, JsonElement target, HashSet<string> known)
    {
        IEnumerable<string> needs = target.TryGetProperty(library, out var entry) && entry.TryGetProperty("dependencies", out var all)
            ? all.EnumerateObject().Select(d => $"{d.Name}/{d.Value.GetString()}").Where(known.Contains).Order(StringComparer.Ordinal) : [];
        return new JsonObject { ["ref"] = Reference(library), ["dependsOn"] = new JsonArray([.. needs.Select(n => (JsonNode)Reference(n))]) };
    }

    private static JsonObject Licence(string id) => new() { ["license"] = new JsonObject { ["id"] = id } };

    private static string Reference(string library) => new StringBuilder("pkg:nuget/").Append(library).Replace('/', '@', "pkg:nuget/".Length, library.Length).ToString();

    private static string AssetReference(string name, string version) => $"pkg:npm/{name.Replace("@", "%40", StringComparison.Ordinal)}@{version}";
}
