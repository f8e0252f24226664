using Anhu.Modules.Narratives;
using Anhu.Web;

namespace Anhu.Modules.Alarms;

/// <summary>What the entry page needs.</summary>
internal static class EntryServices
{
    public static IServiceCollection AddAlarmEntry(this IServiceCollection services, AnhuSettings settings) => services
        .AddScoped<EntryDraft>()
        .AddSingleton(NarrativeWords.Load(Path.Combine(settings.Content, "narratives", "zh.yaml")))
        .AddSingleton<NarrativeReader>();
}
