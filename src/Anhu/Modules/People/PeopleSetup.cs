using Anhu.Components.Ui;

namespace Anhu.Modules.People;

/// <summary>Services of the pages about who is who.</summary>
internal static class PeopleSetup
{
    public static IServiceCollection AddPeoplePages(this IServiceCollection services)
    {
        services.AddHostedService<RecognitionJob>();
        return services.AddFailureTexts<PeopleText>();
    }
}
