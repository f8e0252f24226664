using Anhu.Components.Ui;

namespace Anhu.Modules.Measures;

/// <summary>Services of the pages of measures.</summary>
internal static class MeasureSetup
{
    public static IServiceCollection AddMeasurePages(this IServiceCollection services) => services.AddFailureTexts<MeasuresText>();
}
