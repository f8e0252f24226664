namespace Anhu.Common;

/// <summary>One thing wrong in a rule document.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Reason">What is wrong and what is expected.</param>
public sealed record RuleFault(int Line, Bilingual Reason);

/// <summary>A city's document (policy, playbook, calendar) can't be used; names every fault at once.</summary>
public sealed class RuleDocumentException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="faults">What is wrong, at least one.</param>
    public RuleDocumentException(string file, IReadOnlyList<RuleFault> faults)
        : base(string.Join('\n', faults.Select(f => $"{file}:{f.Line}: {f.Reason.Zh} {f.Reason.En}")))
    {
        File = file;
        Faults = faults;
    }

    /// <summary>Joins the faults of several documents.</summary>
    /// <param name="documents">What is wrong with each.</param>
    public RuleDocumentException(IReadOnlyList<RuleDocumentException> documents)
        : base(string.Join('\n', documents.Select(d => d.Message)))
    {
        File = documents[0].File;
        Faults = [.. documents.SelectMany(d => d.Faults)];
    }

    /// <summary>The file's name; the first one where several are wrong.</summary>
    public string File { get; }

    /// <summary>What is wrong, by line.</summary>
    public IReadOnlyList<RuleFault> Faults { get; }
}
