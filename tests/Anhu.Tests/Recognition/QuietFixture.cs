using Anhu.Modules.Duties;
using Anhu.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Anhu.Tests.Recognition;

/// <summary>The program without the work on deadlines and look-ups, which change cases beside what is tested.</summary>
public sealed class QuietFixture : FakeTimeFixture
{
    /// <inheritdoc />
    protected override void ConfigureServices(IServiceCollection services)
    {
        foreach (var job in services.Where(s => s.ImplementationType == typeof(DeadlineJob) || s.ImplementationType?.Name == "RecognitionJob").ToList())
        {
            services.Remove(job);
        }
    }
}
