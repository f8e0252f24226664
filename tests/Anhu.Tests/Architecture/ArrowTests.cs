using Anhu.Tests.Architecture.Upper;

namespace Anhu.Tests.Architecture;

/// <summary>Arrows between projects and between module folders go one way.</summary>
[Trait("Store", "none")]
public sealed class ArrowTests
{
    private static readonly Lazy<IReadOnlyList<Arrow>> House = new(() => CodeArrows.Read(HouseOrder.Assemblies));

    [Fact]
    public void Arrows_BetweenProjectsAndFolders_GoOneWay() =>
        Assert.Empty(HouseOrder.Layers.Violations(House.Value, KnowsEntities));

    [Fact]
    public void Folders_OfTheOrder_AreThoseOfTheCode() =>
        Assert.Equal(
            HouseOrder.Layers.Folders.Order(StringComparer.Ordinal),
            House.Value.SelectMany(arrow => (string?[])[HouseOrder.Folder(arrow.From), HouseOrder.Folder(arrow.To)])
                .OfType<string>().Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void TypesThatMayKnowEntities_AllDo() =>
        Assert.Equal(
            HouseOrder.KnowEntities.Order(StringComparer.Ordinal),
            House.Value.Where(arrow => KnowsEntities(arrow) && HouseOrder.Layers.Violations([arrow]).Any())
                .Select(arrow => arrow.From.Type).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Each class of the lower folder names the upper one in another way, and each is found.</summary>
    [Fact]
    public void ArrowUpwards_HoweverItIsWritten_IsFound()
    {
        var layers = new Layers([[Name("Lower")], [Name("Upper")]], place => place.Namespace.StartsWith(Name(""), StringComparison.Ordinal) ? place.Namespace : null);
        var arrows = CodeArrows.Read(typeof(ArrowTests).Assembly.Location);

        var violations = layers.Violations(arrows).ToList();

        Assert.Equal(
            [.. typeof(ArrowTests).Assembly.GetTypes().Where(t => t.Namespace == Name("Lower") && !t.IsNested).Select(t => t.Name).Order(StringComparer.Ordinal)],
            violations.Select(v => v.Split(": ")[1].Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ArrowDownwards_IsFine()
    {
        var layers = new Layers([["a"], ["b"]], place => place.Namespace);

        Assert.Empty(layers.Violations([Between("b", "a")]));
        Assert.Single(layers.Violations([Between("a", "b")]));
    }

    [Fact]
    public void ArrowToTheSide_OrToAnUnknownFolder_IsFound()
    {
        var layers = new Layers([["a", "b"]], place => place.Namespace);

        Assert.Single(layers.Violations([Between("a", "b")]));
        Assert.Single(layers.Violations([Between("a", "new")]));
    }

    private static bool KnowsEntities(Arrow arrow) =>
        HouseOrder.Folder(arrow.From) == "core/Data" && HouseOrder.KnowEntities.Contains(arrow.From.Type);

    private static Arrow Between(string from, string to) => new(new CodePlace("p", from, "From"), new CodePlace("p", to, "To"));

    private static string Name(string folder) => $"{typeof(Marked).Namespace!.Replace("Upper", "", StringComparison.Ordinal)}{folder}";
}
