namespace Anhu.Tests.Architecture;

/// <summary>An order of folders: what stands in a level may use the levels before it, and nothing beside or after it.</summary>
/// <param name="levels">Levels, lowest first; folders of one level know nothing of each other.</param>
/// <param name="folderOf">The folder that a type stands in; null for what counts nowhere.</param>
internal sealed class Layers(IReadOnlyList<IReadOnlyList<string>> levels, Func<CodePlace, string?> folderOf)
{
    private readonly Dictionary<string, int> levelOf = levels
        .SelectMany((level, index) => level.Select(folder => (folder, index)))
        .ToDictionary(entry => entry.folder, entry => entry.index, StringComparer.Ordinal);

    /// <summary>The folders in order.</summary>
    public IEnumerable<string> Folders => levelOf.Keys;

    /// <summary>Arrows that don't go downwards, and arrows of folders that have no place in the order.</summary>
    /// <param name="arrows">What the code says.</param>
    /// <param name="allowed">Arrows with a reason to go upwards.</param>
    public IEnumerable<string> Violations(IEnumerable<Arrow> arrows, Func<Arrow, bool>? allowed = null)
    {
        foreach (var arrow in arrows)
        {
            if (folderOf(arrow.From) is not { } from || folderOf(arrow.To) is not { } to || from == to || allowed?.Invoke(arrow) == true)
            {
                continue;
            }

            if (!levelOf.TryGetValue(from, out var fromLevel) || !levelOf.TryGetValue(to, out var toLevel))
            {
                yield return $"{from} or {to} has no place in the order: {arrow.From.Type} uses {arrow.To.Type}";
            }
            else if (fromLevel <= toLevel)
            {
                yield return $"{from} must not use {to}: {arrow.From.Type} uses {arrow.To.Type}";
            }
        }
    }
}
