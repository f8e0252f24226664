using System.Collections;
using System.Text.Json;

namespace Anhu.Modules.Regions;

/// <summary>
/// Tells whether a point lies in the city, to about a kilometre: enough to keep a wrong geocode off the map. The borders
/// are drawn once on a raster, so that an answer costs one look-up, and widened by one cell, since their simplified
/// lines leave slivers between neighbouring counties.
/// </summary>
public sealed class CityBorders
{
    private const double CellDegrees = 0.005;

    private readonly BitArray cells;
    private readonly int columns;
    private readonly int rows;
    private readonly double west;
    private readonly double south;

    private CityBorders(IReadOnlyList<Ring> rings)
    {
        west = rings.Min(r => r.Points.Min(p => p.Longitude)) - (2 * CellDegrees);
        south = rings.Min(r => r.Points.Min(p => p.Latitude)) - (2 * CellDegrees);
        columns = (int)Math.Ceiling((rings.Max(r => r.Points.Max(p => p.Longitude)) - west) / CellDegrees) + 2;
        rows = (int)Math.Ceiling((rings.Max(r => r.Points.Max(p => p.Latitude)) - south) / CellDegrees) + 2;
        var filled = new BitArray(columns * rows);
        foreach (var area in rings.GroupBy(r => r.Area))
        {
            Fill(filled, [.. area]);
        }

        cells = Widen(filled);
    }

    /// <summary>Centres of the county-level areas by 12-digit code, in degrees.</summary>
    public IReadOnlyDictionary<string, (double Longitude, double Latitude)> Centres { get; private init; } =
        new Dictionary<string, (double, double)>();

    /// <summary>Reads borders from a GeoJSON feature collection of (multi)polygons with <c>code</c> and <c>center</c> properties.</summary>
    /// <param name="path">The file.</param>
    public static CityBorders Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var rings = new List<Ring>();
        var centres = new Dictionary<string, (double, double)>(StringComparer.Ordinal);
        var area = 0;
        foreach (var feature in document.RootElement.GetProperty("features").EnumerateArray())
        {
            var properties = feature.GetProperty("properties");
            if (properties.TryGetProperty("code", out var code) && properties.TryGetProperty("center", out var centre))
            {
                centres[code.GetString()!] = (centre[0].GetDouble(), centre[1].GetDouble());
            }

            var geometry = feature.GetProperty("geometry");
            var coordinates = geometry.GetProperty("coordinates");
            foreach (var polygon in geometry.GetProperty("type").GetString() == "Polygon" ? [coordinates] : coordinates.EnumerateArray().ToArray())
            {
                area++;
                foreach (var ring in polygon.EnumerateArray())
                {
                    rings.Add(new Ring(area, [.. ring.EnumerateArray().Select(p => (p[0].GetDouble(), p[1].GetDouble()))]));
                }
            }
        }

        return new CityBorders(rings) { Centres = centres };
    }

    /// <summary>True when the point lies within the city's borders, or no farther outside than about a kilometre.</summary>
    /// <param name="longitude">Degrees east.</param>
    /// <param name="latitude">Degrees north.</param>
    public bool IsInside(double longitude, double latitude)
    {
        var column = Math.Floor((longitude - west) / CellDegrees);
        var row = Math.Floor((latitude - south) / CellDegrees);
        return column >= 0 && row >= 0 && column < columns && row < rows && cells[((int)row * columns) + (int)column];
    }

    /// <summary>Scan line: in each row of cells, fills between the pairs of edges that it crosses.</summary>
    private void Fill(BitArray filled, Ring[] polygon)
    {
        var crossings = new List<double>();
        for (var row = 0; row < rows; row++)
        {
            var latitude = south + ((row + 0.5) * CellDegrees);
            crossings.Clear();
            foreach (var (_, points) in polygon)
            {
                for (int i = 0, j = points.Length - 1; i < points.Length; j = i++)
                {
                    var (a, b) = (points[i], points[j]);
                    if (a.Latitude > latitude != b.Latitude > latitude)
                    {
                        crossings.Add(a.Longitude + ((latitude - a.Latitude) / (b.Latitude - a.Latitude) * (b.Longitude - a.Longitude)));
                    }
                }
            }

            crossings.Sort();
            for (var i = 0; i + 1 < crossings.Count; i += 2)
            {
                var last = (int)((crossings[i + 1] - west) / CellDegrees);
                for (var column = (int)((crossings[i] - west) / CellDegrees); column <= last; column++)
                {
                    filled[(row * columns) + column] = true;
                }
            }
        }
    }

    private BitArray Widen(BitArray filled)
    {
        var wide = new BitArray(filled);
        for (var row = 1; row < rows - 1; row++)
        {
            for (var column = 1; column < columns - 1; column++)
            {
                for (var near = 0; near < 9 && !wide[(row * columns) + column]; near++)
                {
                    wide[(row * columns) + column] = filled[((row + (near / 3) - 1) * columns) + column + (near % 3) - 1];
                }
            }
        }

        return wide;
    }

    private sealed record Ring(int Area, (double Longitude, double Latitude)[] Points);
}
