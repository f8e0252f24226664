namespace Anhu.Components.Ui;

/// <summary>What a badge or notice means; always shown with text and icon too.</summary>
public enum Tone
{
    /// <summary>Plain.</summary>
    Neutral,

    /// <summary>To know.</summary>
    Info,

    /// <summary>Done, in order.</summary>
    Good,

    /// <summary>Needs attention.</summary>
    Warn,

    /// <summary>Wrong, late, dangerous.</summary>
    Bad,
}
