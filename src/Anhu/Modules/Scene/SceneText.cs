namespace Anhu.Modules.Scene;

/// <summary>Texts of the scene.</summary>
public sealed class SceneText;
