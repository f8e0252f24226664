namespace Anhu.Modules.Playbooks;

/// <summary>What a rule document holds.</summary>
public enum RuleDocumentKind
{
    /// <summary>Grading policy.</summary>
    Policy,

    /// <summary>Playbook.</summary>
    Playbook,

    /// <summary>Rules of a kind of measure, or of dispositions; its versions begin with the kind.</summary>
    Measure,
}

/// <summary>A version of a policy or playbook that was in force (策略、预案); kept for ever, since grades and duties name it.</summary>
public sealed class RuleDocument
{
    /// <summary>Kind.</summary>
    public required RuleDocumentKind Kind { get; init; }

    /// <summary>Version as written in the document.</summary>
    public required string DocumentVersion { get; init; }

    /// <summary>The YAML text.</summary>
    public required string Text { get; init; }

    /// <summary>Since when in force, UTC.</summary>
    public required DateTimeOffset ActiveFrom { get; init; }
}
