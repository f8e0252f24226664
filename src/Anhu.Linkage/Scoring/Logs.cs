namespace Anhu.Linkage.Scoring;

/// <summary>Sums of what is kept as logarithms, without leaving them.</summary>
internal static class Logs
{
    /// <summary>ln(eˣ + eʸ).</summary>
    public static double Sum(double x, double y)
    {
        var (more, less) = x > y ? (x, y) : (y, x);
        return double.IsNegativeInfinity(less) ? more : more + Math.Log(1 + Math.Exp(less - more));
    }

    /// <summary>ln(1 + eˣ).</summary>
    public static double SoftPlus(double x) => x > 30 ? x : Math.Log(1 + Math.Exp(x));

    /// <summary>The probability of log-odds.</summary>
    public static double Probability(double odds) => 1 / (1 + Math.Exp(-odds));
}
