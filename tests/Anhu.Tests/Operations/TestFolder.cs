namespace Anhu.Tests.Operations;

/// <summary>A folder for one test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("anhu-files-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
