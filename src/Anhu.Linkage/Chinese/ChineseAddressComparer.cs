using Anhu.Linkage.Comparing;

namespace Anhu.Linkage.Chinese;

/// <summary>Compares addresses of the mainland by their parts, from the region down to the room; what one of them leaves out speaks neither for nor against.</summary>
public sealed class ChineseAddressComparer : ValueComparer
{
    private const int SameHome = 1;
    private const int RoomNear = 2;
    private const int SameBuilding = 3;
    private const int SameNumber = 4;
    private const int NumberNear = 5;
    private const int NumberMissing = 6;
    private const int SameNeighbourhood = 7;
    private const int SameStreet = 8;
    private const int SameTown = 9;
    private const int SameCounty = 10;
    private const int NothingInCommon = 11;
    private const int ElsewhereInCounty = 12;
    private const int Different = 13;

    /// <summary>House numbers this far apart are taken for one that was written wrongly.</summary>
    private const int NearBy = 2;

    /// <inheritdoc/>
    public override string Name => "chinese-address";

    /// <inheritdoc/>
    public override IReadOnlyList<ComparisonLevel> Levels { get; } =
    [
        new("equal", ByFrequency: true),
        new("same-home"),
        new("room-near"),
        new("same-building"),
        new("same-number"),
        new("number-near"),
        new("number-missing"),
        new("same-neighbourhood"),
        new("same-street"),
        new("same-town"),
        new("same-county"),
        new("nothing-in-common"),
        new("elsewhere-in-county"),
        new("different"),
    ];

    private enum Likeness
    {
        Unknown,
        Same,
        Other,
    }

    /// <inheritdoc/>
    public override int Normalise(ReadOnlySpan<char> value, Span<char> normalised) => AddressReader.Write(value, normalised);

    /// <inheritdoc/>
    public override int LevelOfEqual(ReadOnlySpan<char> value)
    {
        // What an address ends with is how closely two that are equal must live together.
        var parts = new AddressParts(value);
        return !parts[AddressPart.Number].IsEmpty || !parts[AddressPart.Building].IsEmpty || !parts[AddressPart.Room].IsEmpty ? 0
            : !parts[AddressPart.Compound].IsEmpty || !parts[AddressPart.Village].IsEmpty ? SameNeighbourhood
            : !parts[AddressPart.Road].IsEmpty ? SameStreet
            : !parts[AddressPart.Town].IsEmpty ? SameTown : SameCounty;
    }

    /// <inheritdoc/>
    public override int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var x = new AddressParts(a);
        var y = new AddressParts(b);
        var region = OfRegion(x, y);
        if (region == Likeness.Other)
        {
            return Different;
        }

        var village = OfName(x, y, AddressPart.Village);
        var road = OfName(x, y, AddressPart.Road);
        var compound = OfName(x, y, AddressPart.Compound);
        if (compound == Likeness.Same)
        {
            return InCompound(x, y, isSameStreet: road == Likeness.Same || (road == Likeness.Unknown && village == Likeness.Same));
        }

        var town = OfName(x, y, AddressPart.Town);
        if (road == Likeness.Same)
        {
            return OnRoad(x, y, compound);
        }

        if (village == Likeness.Same && town != Likeness.Other && road != Likeness.Other)
        {
            return InVillage(x, y, compound);
        }

        if (town == Likeness.Same)
        {
            return SameTown;
        }

        var isElsewhere = village == Likeness.Other || road == Likeness.Other || compound == Likeness.Other || town == Likeness.Other || (IsRural(x) && IsUrban(y)) || (IsUrban(x) && IsRural(y));
        return region == Likeness.Same ? isElsewhere ? ElsewhereInCounty : SameCounty : isElsewhere ? Different : NothingInCommon;
    }

    private static int InCompound(in AddressParts x, in AddressParts y, bool isSameStreet)
    {
        var building = Of(x, y, AddressPart.Building);
        var room = Of(x, y, AddressPart.Room);
        var unit = Of(x, y, AddressPart.Unit);
        var number = isSameStreet ? Of(x, y, AddressPart.Number) : Likeness.Unknown;
        if (building == Likeness.Same)
        {
            return unit == Likeness.Other ? SameBuilding : room == Likeness.Same ? SameHome
                : room == Likeness.Unknown || AreRoomsNear(x[AddressPart.Room], y[AddressPart.Room]) ? RoomNear : SameBuilding;
        }

        if (building == Likeness.Unknown && number != Likeness.Other && room != Likeness.Other && AreBothEmpty(x, y, AddressPart.Building))
        {
            return room == Likeness.Same || number == Likeness.Same ? SameHome : SameNeighbourhood;
        }

        return number == Likeness.Same ? SameNumber : SameNeighbourhood;
    }

    private static int OnRoad(in AddressParts x, in AddressParts y, Likeness compound)
    {
        switch (Of(x, y, AddressPart.Number))
        {
            case Likeness.Same:
                var building = Of(x, y, AddressPart.Building);
                var room = Of(x, y, AddressPart.Room);
                if (compound == Likeness.Other || building == Likeness.Other || room == Likeness.Other)
                {
                    return building != Likeness.Same ? SameNumber
                        : room == Likeness.Other && AreRoomsNear(x[AddressPart.Room], y[AddressPart.Room]) ? RoomNear : SameBuilding;
                }

                // Nothing below the number in either: they differ in what is above, such as a province left out.
                var isSame = room == Likeness.Same || (AreBothEmpty(x, y, AddressPart.Building) && AreBothEmpty(x, y, AddressPart.Room) && AreBothEmpty(x, y, AddressPart.Compound));
                return isSame ? SameHome : building == Likeness.Same ? RoomNear : SameNumber;
            case Likeness.Other when compound != Likeness.Other && AreNear(x[AddressPart.Number], y[AddressPart.Number]):
                return NumberNear;
            case Likeness.Unknown when compound != Likeness.Other:
                return NumberMissing;
            default:
                return SameStreet;
        }
    }

    private static int InVillage(in AddressParts x, in AddressParts y, Likeness compound)
    {
        var group = Of(x, y, AddressPart.Group);
        switch (Of(x, y, AddressPart.Number))
        {
            case Likeness.Same when group != Likeness.Other && compound != Likeness.Other:
                return Of(x, y, AddressPart.Building) == Likeness.Other || Of(x, y, AddressPart.Room) == Likeness.Other ? SameNumber : SameHome;
            case Likeness.Other when group != Likeness.Other && AreNear(x[AddressPart.Number], y[AddressPart.Number]):
                return NumberNear;
            case Likeness.Unknown when group == Likeness.Unknown:
                return NumberMissing;
            default:
                return group == Likeness.Same ? SameNeighbourhood : SameStreet;
        }
    }

    /// <summary>Whether the counties are the same; a county-level city may stand without the city above it (合肥市巢湖市, 巢湖市).</summary>
    private static Likeness OfRegion(in AddressParts x, in AddressParts y)
    {
        if (Of(x, y, AddressPart.Province) == Likeness.Other)
        {
            return Likeness.Other;
        }

        if (Of(x, y, AddressPart.City) != Likeness.Other)
        {
            return Of(x, y, AddressPart.County);
        }

        return x[AddressPart.City].SequenceEqual(y[AddressPart.County]) || y[AddressPart.City].SequenceEqual(x[AddressPart.County]) ? Likeness.Same : Likeness.Other;
    }

    private static bool IsRural(in AddressParts address) => !address[AddressPart.Village].IsEmpty && !IsUrban(address);

    private static bool IsUrban(in AddressParts address) => !address[AddressPart.Road].IsEmpty || !address[AddressPart.Compound].IsEmpty;

    private static bool AreBothEmpty(in AddressParts x, in AddressParts y, AddressPart part) => x[part].IsEmpty && y[part].IsEmpty;

    private static Likeness Of(in AddressParts x, in AddressParts y, AddressPart part)
    {
        var a = x[part];
        var b = y[part];
        return a.IsEmpty || b.IsEmpty ? Likeness.Unknown : a.SequenceEqual(b) ? Likeness.Same : Likeness.Other;
    }

    /// <summary>As <see cref="Of"/>, but a name may have more before it, such as a town without its suffix.</summary>
    private static Likeness OfName(in AddressParts x, in AddressParts y, AddressPart part)
    {
        var a = x[part];
        var b = y[part];
        return a.IsEmpty || b.IsEmpty ? Likeness.Unknown
            : a.SequenceEqual(b) || (a.Length != b.Length && Math.Min(a.Length, b.Length) >= 3 && (a.EndsWith(b) || b.EndsWith(a))) ? Likeness.Same : Likeness.Other;
    }

    /// <summary>True for house numbers a little apart, and for such that differ by one slip of the pen.</summary>
    private static bool AreNear(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        Math.Abs(Leading(a) - Leading(b)) <= NearBy || ((a.Length > 1 || b.Length > 1) && Writing.SlipBetween(a, b) != Writing.Slip.Other);

    /// <summary>True for rooms next to or above each other, and for such that differ by one slip of the pen.</summary>
    private static bool AreRoomsNear(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        Math.Abs(Leading(a) - Leading(b)) is <= NearBy or 100 || ((a.Length > 2 || b.Length > 2) && Writing.SlipBetween(a, b) != Writing.Slip.Other);

    private static int Leading(ReadOnlySpan<char> number)
    {
        var value = 0;
        foreach (var character in number)
        {
            if (!char.IsAsciiDigit(character) || value > 99_999)
            {
                break;
            }

            value = (value * 10) + (character - '0');
        }

        return value;
    }
}
