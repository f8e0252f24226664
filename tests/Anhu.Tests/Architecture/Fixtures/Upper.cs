namespace Anhu.Tests.Architecture.Upper;

/// <summary>What the lower folder must not name.</summary>
internal class Marked
{
    public static int Count => 1;
}

internal interface IMark;

[AttributeUsage(AttributeTargets.All)]
internal sealed class MarkAttribute : Attribute;

internal static class MarkExtensions
{
    public static string Mark(this string text) => text;
}
