using System.Text.Json;

namespace Anhu.Modules.Alarms;

// What happened: danger signs and injuries.
public static partial class AlarmReportReader
{
    private ref partial struct Parser
    {
        private ReportedIndicators Indicators()
        {
            if (!Enter("indicators"))
            {
                return new ReportedIndicators();
            }

            Span<bool?> answers = stackalloc bool?[8];
            uint seen = 0;
            while (NextField(AlarmFields.Indicators, ref seen, out var field))
            {
                answers[field] = TrueOrFalse(AlarmFields.Indicators[field].Value);
            }

            section = null;
            return new ReportedIndicators(answers[0], answers[1], answers[2], answers[3], answers[4], answers[5], answers[6], answers[7]);
        }
    }
}
