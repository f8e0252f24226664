namespace Anhu.Testing;

/// <summary>The repository that the tests were built in.</summary>
public static class Repository
{
    /// <summary>Its root.</summary>
    /// <exception cref="InvalidOperationException">The tests were copied elsewhere.</exception>
    public static string Root { get; } = Find();

    /// <summary>A file or folder of it.</summary>
    /// <param name="parts">The way from the root.</param>
    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Anhu.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
