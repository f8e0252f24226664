namespace Anhu.Modules.Playbooks;

/// <summary>Texts of the page that shows playbook and grading policy.</summary>
public sealed class RulesText;
