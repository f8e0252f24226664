using Anhu.Modules.Time;

namespace Anhu.Modules.Demo;

/// <summary>When a made-up worker takes up a duty and when it is done: most in time, one of ten late, some forgotten until a superior asks.</summary>
/// <param name="AcceptAt">Taken up, UTC.</param>
/// <param name="DoneAt">Done, UTC.</param>
/// <param name="HandOverAt">Offered to another unit, UTC; null when not.</param>
internal sealed record DemoTiming(DateTimeOffset AcceptAt, DateTimeOffset DoneAt, DateTimeOffset? HandOverAt)
{
    /// <summary>For one duty.</summary>
    /// <param name="kind">Kind of duty.</param>
    /// <param name="createdAt">When it arose, UTC.</param>
    /// <param name="dueAt">Deadline, UTC.</param>
    /// <param name="zone">The city's zone.</param>
    /// <param name="random">Chance.</param>
    public static DemoTiming Of(string kind, DateTimeOffset createdAt, DateTimeOffset dueAt, CityZone zone, Random random)
    {
        var span = dueAt - createdAt;
        var aroundTheClock = kind is "police-first-contact" or "safety-check" or "shelter" or "minor-placement";
        var longAhead = span > TimeSpan.FromDays(6);
        var roll = random.NextDouble();
        DateTimeOffset done;
        if (roll < 0.87)
        {
            done = longAhead ? dueAt - random.Between(TimeSpan.FromHours(6), TimeSpan.FromHours(70)) : createdAt + (span * (0.12 + (0.7 * random.NextDouble())));
            done = aroundTheClock ? done : AtWork(done, createdAt, dueAt, zone, random);
        }
        else if (roll < 0.965)
        {
            done = dueAt + (span < TimeSpan.FromHours(6) ? random.Between(TimeSpan.FromMinutes(20), TimeSpan.FromHours(5)) : random.Between(TimeSpan.FromHours(3), TimeSpan.FromHours(34)));
            done = aroundTheClock ? done : AtWork(done, dueAt, DateTimeOffset.MaxValue, zone, random);
        }
        else
        {
            done = AtWork(dueAt + random.Between(TimeSpan.FromDays(1.5), TimeSpan.FromDays(roll < 0.99 ? 5 : 12)), dueAt, DateTimeOffset.MaxValue, zone, random);
        }

        done = done <= createdAt ? createdAt + TimeSpan.FromMinutes(3) : done;
        var from = longAhead || random.Chance(0.6) ? done - TimeSpan.FromHours(1) : createdAt;
        from = from < createdAt ? createdAt : from;
        var handedOver = !aroundTheClock && !longAhead && random.Chance(0.025) ? from + ((done - from) * 0.1) : (DateTimeOffset?)null;
        return new DemoTiming(from + ((done - from) * (0.15 + (0.4 * random.NextDouble()))), done, handedOver);
    }

    /// <summary>Moves an instant into working hours, not before one and, where it can, not after another.</summary>
    /// <param name="at">The instant, UTC.</param>
    /// <param name="notBefore">Later than this, UTC.</param>
    /// <param name="notAfter">Earlier than this, UTC.</param>
    /// <param name="zone">The city's zone.</param>
    /// <param name="random">Chance.</param>
    public static DateTimeOffset AtWork(DateTimeOffset at, DateTimeOffset notBefore, DateTimeOffset notAfter, CityZone zone, Random random)
    {
        var local = zone.ToLocal(at);
        var date = DateOnly.FromDateTime(local.DateTime);
        var time = new TimeOnly(random.Next(8, 17), random.Next(60), random.Next(60));
        var moved = local.Hour is >= 8 and < 18 ? at : zone.At(date, time);
        if (moved <= notBefore)
        {
            moved = zone.At(date.AddDays(1), time);
        }

        return moved < notAfter ? moved : notBefore + ((notAfter - notBefore) * 0.8);
    }
}
