using CsvHelper;

namespace Anhu.Modules.Regions;

/// <summary>Reads the regions that ship with the program (<c>regions.csv</c>: code, name, level, parent code).</summary>
public static class RegionFile
{
    // Statistics-only codes: development zones that run like districts but are no administrative divisions (handbook §5.1).
    private static readonly string[] StatisticalOnly = ["340176", "340177", "340178"];

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="centres">Centres by code, in degrees, where known.</param>
    /// <returns>Regions, each after the one above it.</returns>
    public static List<Region> Read(string path, IReadOnlyDictionary<string, (double Longitude, double Latitude)> centres)
    {
        var regions = new List<Region>(2000);
        using var csv = CsvReader.FromFile(path, CsvReaderOptions.Default);
        csv.ReadHeader();
        while (csv.Read())
        {
            var code = csv.GetString(0)!;
            var parent = csv.GetString(3);
            var known = centres.TryGetValue(code, out var centre);
            regions.Add(new Region
            {
                RegionCode = code,
                Name = csv.GetString(1)!,
                Level = Enum.Parse<RegionLevel>(csv.GetString(2)!, ignoreCase: true),
                ParentCode = string.IsNullOrEmpty(parent) ? null : parent,
                IsStatutory = !StatisticalOnly.Contains(code[..6]),
                Longitude = known ? centre.Longitude : null,
                Latitude = known ? centre.Latitude : null,
            });
        }

        regions.Sort((a, b) => (a.Level, a.RegionCode).CompareTo((b.Level, b.RegionCode)));
        return regions;
    }
}
