using Anhu.Modules.Alarms;
using Anhu.Modules.Audit;
using Anhu.Modules.Cases;
using Anhu.Modules.Dispositions;
using Anhu.Modules.DryRun;
using Anhu.Modules.Duties;
using Anhu.Modules.Feed;
using Anhu.Modules.Grading;
using Anhu.Modules.Intake;
using Anhu.Modules.KeyRotation;
using Anhu.Modules.MandatoryReports;
using Anhu.Modules.Measures;
using Anhu.Modules.Organisation;
using Anhu.Modules.People;
using Anhu.Modules.Recognition;
using Anhu.Modules.Timeline;
using Anhu.Modules.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Modules;

/// <summary>Services of the spine: alarms, cases, duties, timeline.</summary>
public static class SpineServices
{
    /// <summary>Registers them.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddSpine(this IServiceCollection services)
    {
        services.AddSingleton<ArchiveViews>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<ExportAudit>();
        services.AddSingleton<VerifyAudit>();
        services.AddSingleton<ViewDays>();
        services.AddSingleton<ViewLog>();
        services.AddSingleton<ViewNotes>();
        services.AddSingleton<ViewQueries>();
        services.AddSingleton(new ViewLogOptions());
        services.AddSingleton(new AlarmIntakeOptions());
        services.AddSingleton<AlarmIntake>();
        services.AddSingleton<AnswerQuestionsHandler>();
        services.AddSingleton<CaseLeaks>();
        services.AddSingleton<CasePageQueries>();
        services.AddSingleton<CaseQueries>();
        services.AddSingleton<CaseSights>();
        services.AddSingleton<AccessGrants>();
        services.AddSingleton<IBlindIndex, PersonKeyIndex>();
        services.AddSingleton<IBlindIndex, TieKeyIndex>();
        services.AddSingleton<Conflicts>();
        services.AddSingleton<IWorkerFollower>(s => s.GetRequiredService<Conflicts>());
        services.AddSingleton<HouseholdHandler>();
        services.AddSingleton<HouseholdQueries>();
        services.AddSingleton<LinkPeopleHandler>();
        services.AddSingleton<LearnFromDecisions>();
        services.AddSingleton<LinkPersonListHandler>();
        services.AddSingleton<LinkQueries>();
        services.AddMandatoryReports();
        services.AddMeasures();
        services.AddDispositions();
        services.AddSingleton<MissedLookUps>();
        services.AddSingleton<PersonIndex>();
        services.AddSingleton<PersonQueries>();
        services.AddSingleton<SealCaseHandler>();
        services.AddSingleton<IJurisdictionFollower, CaseAccessFollower>();
        services.AddSingleton<ChangeGradeHandler>();
        services.AddSingleton<CloseCaseHandler>();
        services.AddSingleton<DeadlineWork>();
        services.AddSingleton<DutyQueries>();
        services.AddSingleton<HandOverQueries>();
        services.AddSingleton<SharingConsents>();
        services.AddSingleton<FeedQueries>();
        services.AddScoped<PlaybookDryRun>();
        services.AddSingleton<SavedFilters>();
        services.AddSingleton<IDutyFollower, ReassessmentFollower>();
        services.AddSingleton<IDutyFollower, MediationFollower>();
        services.AddSingleton<IDutyFollower, LearnedFactsFollower>();
        services.AddSingleton<TakeDutyStepHandler>();
        services.AddSingleton<VerifyTimeline>();
        return services;
    }
}
