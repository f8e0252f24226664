namespace Anhu.Components.Shared;

/// <summary>Names the texts that all pages share.</summary>
public sealed class SharedText;
