using System.Text.Json;

namespace Anhu.Modules.Alarms;

// Who reported it, where it happened, and what was sent there.
public static partial class AlarmReportReader
{
    private ref partial struct Parser
    {
        private ReportedReporter? Reporter()
        {
            if (!Enter("reporter"))
            {
                return null;
            }

            string? name = null, phone = null, relation = null;
            uint seen = 0;
            while (NextField(AlarmFields.Reporter, ref seen, out var field))
            {
                switch (field)
                {
                    case 0: name = Name("name"); break;
                    case 1: phone = Text("phone", AlarmLimits.Phone); break;
                    case 2: relation = Text("relation", AlarmLimits.Relation); break;
                }
            }

            section = null;
            return (name ?? phone ?? relation) is null ? null : new ReportedReporter(name, phone, relation);
        }

        private ReportedLocation? Location()
        {
            if (!Enter("location"))
            {
                return null;
            }

            string? address = null, regionCode = null;
            double? longitude = null, latitude = null;
            uint seen = 0;
            while (NextField(AlarmFields.Location, ref seen, out var field))
            {
                switch (field)
                {
                    case 0: address = Text("address", AlarmLimits.Address); break;
                    case 1: regionCode = Region("regionCode"); break;
                    case 2: longitude = Number("longitude", 180); break;
                    case 3: latitude = Number("latitude", 90); break;
                }
            }

            section = null;
            if ((address ?? regionCode) is null && longitude is null && latitude is null)
            {
                return null;
            }

            return address is not null && AddressPlaceholders.IsPlaceholder(address)
                ? new ReportedLocation(null, regionCode, longitude, latitude) { AddressPlaceholder = address }
                : new ReportedLocation(address, regionCode, longitude, latitude);
        }

        private ReportedDispatch? Dispatch()
        {
            if (!Enter("dispatch"))
            {
                return null;
            }

            string? unit = null;
            DateTimeOffset? dispatchedAt = null;
            uint seen = 0;
            while (NextField(AlarmFields.Dispatch, ref seen, out var field))
            {
                switch (field)
                {
                    case 0:
                        unit = Text("unit", AlarmLimits.Source);
                        if (unit is not null && !vocabulary.UnitExists(unit))
                        {
                            Fault(Path("unit"), FieldFault.NoSuchUnit);
                        }

                        break;
                    case 1: dispatchedAt = Time("dispatchedAt"); break;
                }
            }

            section = null;
            return unit is null && dispatchedAt is null ? null : new ReportedDispatch(unit, dispatchedAt);
        }

        private string? Region(string name)
        {
            var code = Text(name, AlarmLimits.Source);
            if (code is null)
            {
                return null;
            }

            if (code.Length is not (12 or 15) || code.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                Fault(Path(name), FieldFault.NotARegionCode);
                return null;
            }

            if (!vocabulary.RegionExists(code))
            {
                Fault(Path(name), FieldFault.NoSuchRegion);
            }

            return code;
        }
    }
}
