using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anhu.Hosting;
using Anhu.Testing;

namespace Anhu.Tests.Operations;

/// <summary>The list of what the program is made of names all of it, and only once.</summary>
[Trait("Store", "none")]
public sealed partial class BillOfMaterialsTests
{
    [Fact]
    public void Document_NamesEveryPackageOfTheProject_WithItsHash_AndHoldsTogether()
    {
        var document = BillOfMaterials.Make(AppContext.BaseDirectory);

        var components = document["components"]!.AsArray().Select(c => c!.AsObject()).ToList();
        var references = components.Select(c => c["bom-ref"]!.GetValue<string>()).ToList();
        Assert.Equal(references.Count, references.Distinct().Count());
        Assert.All(document["dependencies"]!.AsArray(), d => Assert.Subset(references.ToHashSet(), d!["dependsOn"]!.AsArray().Select(r => r!.GetValue<string>()).ToHashSet()));
        var packages = components.Where(c => c["purl"]!.GetValue<string>().StartsWith("pkg:nuget/", StringComparison.Ordinal)).ToList();
        Assert.All(packages, p => Assert.Matches("^[0-9a-f]{128}$", p["hashes"]![0]!["content"]!.GetValue<string>()));
        var names = packages.Select(p => p["name"]!.GetValue<string>()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var project in (string[])["Anhu", "Anhu.Core", "Anhu.Data.Postgres", "Anhu.Data.Sqlite"])
        {
            var asked = Asked().Matches(File.ReadAllText(Repository.At("src", project, $"{project}.csproj"))).Select(m => m.Groups[1].Value).Except(WithoutFiles);
            Assert.Empty(asked.Except(names, StringComparer.OrdinalIgnoreCase));
        }

        Assert.True(JsonNode.DeepEquals(document, BillOfMaterials.Make(AppContext.BaseDirectory)));
    }

    [Fact]
    public void Assets_AreThoseOfTheNotice()
    {
        var notice = File.ReadAllText(Repository.At("src", "Anhu", "wwwroot", "lib", "NOTICE.md"));

        Assert.All(BillOfMaterials.Assets, asset => Assert.Matches($@"\| {Regex.Escape(asset.Version)} \|.*{Regex.Escape(asset.Name)}`", notice));
        Assert.Equal(BillOfMaterials.Assets.Length, notice.Split('\n').Count(l => l.Contains("npm `", StringComparison.Ordinal)));
    }

    /// <summary>Packages that put nothing beside the program: for building alone, or a name for others.</summary>
    private static readonly string[] WithoutFiles = ["Microsoft.AspNetCore.App.Internal.Assets", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.Data.Sqlite"];

    [GeneratedRegex("PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex Asked();
}
