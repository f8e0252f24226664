using System.Reflection;

namespace Anhu.Hosting;

/// <summary>Which program this is.</summary>
public static class ProgramVersion
{
    private static readonly string[] Informational =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    /// <summary>The version, such as 0.1.0.</summary>
    public static string Version => Informational[0];

    /// <summary>The revision of the source that it was built from, where the build knew it.</summary>
    public static string? Revision => Informational.Length > 1 ? Informational[1] : null;
}
