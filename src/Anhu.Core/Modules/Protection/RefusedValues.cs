namespace Anhu.Modules.Protection;

/// <summary>
/// Values of the store that could not be opened, each once: what is read again and again does not fill the log. Waits to be written into the record.
/// </summary>
public sealed class RefusedValues
{
    /// <summary>A store that is broken altogether needs no longer list.</summary>
    private const int Most = 10_000;

    private readonly Lock gate = new();
    private readonly HashSet<(string Place, string? Row)> known = [];
    private List<SealedValueException> waiting = [];

    /// <summary>Notes a value.</summary>
    /// <param name="refused">What is wrong.</param>
    /// <returns>Whether it is new.</returns>
    public bool Add(SealedValueException refused)
    {
        lock (gate)
        {
            if (known.Count >= Most || !known.Add((refused.Place, refused.Row)))
            {
                return false;
            }

            waiting.Add(refused);
            return true;
        }
    }

    /// <summary>Takes those that were not taken yet.</summary>
    public IReadOnlyList<SealedValueException> Take()
    {
        lock (gate)
        {
            var taken = waiting;
            waiting = [];
            return taken;
        }
    }

    /// <summary>Puts back what could not be recorded.</summary>
    /// <param name="taken">What was taken.</param>
    public void PutBack(IReadOnlyList<SealedValueException> taken)
    {
        lock (gate)
        {
            waiting.InsertRange(0, taken);
        }
    }
}
