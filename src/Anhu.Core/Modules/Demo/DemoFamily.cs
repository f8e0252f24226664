namespace Anhu.Modules.Demo;

/// <summary>Who hurts whom in a made-up family.</summary>
internal enum DemoTie
{
    /// <summary>Married.</summary>
    Spouse,

    /// <summary>Divorced.</summary>
    ExSpouse,

    /// <summary>Living together.</summary>
    Cohabitant,

    /// <summary>A parent hurts a child under 18.</summary>
    Parent,

    /// <summary>A grown child hurts an elderly parent.</summary>
    Child,

    /// <summary>Brother or sister.</summary>
    Sibling,

    /// <summary>Parent of the spouse.</summary>
    InLaw,
}

/// <summary>Where a made-up family lives.</summary>
/// <param name="RegionCode">Code of the community, or of the grid where it is known.</param>
/// <param name="Address">The address.</param>
/// <param name="Longitude">Degrees.</param>
/// <param name="Latitude">Degrees.</param>
internal sealed record DemoHome(string RegionCode, string Address, double Longitude, double Latitude);

/// <summary>A made-up family: the pair whose case it is, and who lives with them.</summary>
internal sealed record DemoFamily
{
    /// <summary>Number in the demo, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Who hurts whom.</summary>
    public required DemoTie Tie { get; init; }

    /// <summary>The victim.</summary>
    public required DemoPerson Victim { get; init; }

    /// <summary>The alleged perpetrator.</summary>
    public required DemoPerson Perpetrator { get; init; }

    /// <summary>Children at home who are not the victim.</summary>
    public required IReadOnlyList<DemoPerson> Children { get; init; }

    /// <summary>Home.</summary>
    public required DemoHome Home { get; init; }

    /// <summary>Home after moving to another district; null for those who stay.</summary>
    public DemoHome? NewHome { get; init; }

    /// <summary>The perpetrator drinks.</summary>
    public required bool Drinks { get; init; }

    /// <summary>The victim is pregnant.</summary>
    public required bool Pregnant { get; init; }

    /// <summary>How dangerous it is, 0 to 1.</summary>
    public required double Danger { get; init; }
}
