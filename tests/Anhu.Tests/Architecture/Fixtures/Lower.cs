using Anhu.Tests.Architecture.Upper;

namespace Anhu.Tests.Architecture.Lower;

internal sealed class ByAttribute
{
    [Mark]
    public int Value { get; set; }
}

internal sealed class ByAttributeArgument
{
    [System.ComponentModel.TypeConverter(typeof(Marked))]
    public int Value { get; set; }
}

internal sealed class ByBase : Marked;

internal sealed class ByBody
{
    public static int Value() => Marked.Count;
}

internal sealed class ByConstraint<T>
    where T : IMark;

internal sealed class ByExtension
{
    public static string Value() => "".Mark();
}

internal sealed class ByGenericArgument
{
    public static List<Marked>? Value { get; set; }
}

internal sealed class ByInterface : IMark;

internal sealed class ByLambda
{
    public static Func<int> Value() => () => Marked.Count;
}

internal sealed class ByLaterStep
{
    public static async Task<int> Value()
    {
        await Task.Yield();
        return Marked.Count;
    }
}

internal sealed class ByParameter
{
    public static void Value(Marked? marked) => _ = marked;
}

internal sealed class ByTypeOf
{
    public static Type Value() => typeof(Marked);
}
