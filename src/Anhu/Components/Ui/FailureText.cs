using Anhu.Common;
using Anhu.Components.Shared;
using Microsoft.Extensions.Localization;

namespace Anhu.Components.Ui;

/// <summary>Puts failures into words. A module brings its own texts with <see cref="FailureTexts.AddFailureTexts{T}"/>; shared ones are in <see cref="SharedText"/>.</summary>
public sealed class FailureText(IStringLocalizerFactory localizers, IEnumerable<FailureTextSource> sources, IStringLocalizer<SharedText> shared)
{
    /// <summary>The words for a failure: resource <c>Failure_&lt;code&gt;</c> of a module, else of the shared texts, else the words for its kind.</summary>
    /// <param name="failure">The failure.</param>
    public string Of(Failure failure)
    {
        var key = $"Failure_{failure.Code}";
        foreach (var source in sources)
        {
            var words = localizers.Create(source.Type)[key, failure.Detail ?? ""];
            if (!words.ResourceNotFound)
            {
                return words;
            }
        }

        var own = shared[key, failure.Detail ?? ""];
        return own.ResourceNotFound ? shared[$"FailureKind_{failure.Kind}"] : own;
    }
}

/// <summary>A resource class that holds <c>Failure_…</c> texts.</summary>
/// <param name="Type">The marker class beside the resources.</param>
public sealed record FailureTextSource(Type Type);

/// <summary>Registers texts for failures.</summary>
public static class FailureTexts
{
    /// <summary>Adds a module's resources to those that failures are put into words from.</summary>
    /// <typeparam name="T">The marker class beside the resources.</typeparam>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddFailureTexts<T>(this IServiceCollection services) => services.AddSingleton(new FailureTextSource(typeof(T)));
}
