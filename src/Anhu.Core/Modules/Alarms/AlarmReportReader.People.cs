using System.Globalization;
using System.Text.Json;

namespace Anhu.Modules.Alarms;

// The people of an alarm, with what their ID numbers say against the rest.
public static partial class AlarmReportReader
{
    private ref partial struct Parser
    {
        private List<ReportedPerson> People()
        {
            List<ReportedPerson> people = [];
            if (json.TokenType == JsonTokenType.Null)
            {
                return people;
            }

            if (json.TokenType != JsonTokenType.StartArray)
            {
                Wrong("people", FieldFault.NotAList);
                return people;
            }

            for (var i = 0; Next() && json.TokenType != JsonTokenType.EndArray; i++)
            {
                if (i >= AlarmLimits.People)
                {
                    Wrong("people", FieldFault.TooMany, AlarmLimits.People.ToString(System.Globalization.CultureInfo.InvariantCulture));
                }
                else if (json.TokenType != JsonTokenType.StartObject)
                {
                    Wrong($"people[{i}]", FieldFault.NotAnObject);
                }
                else if (Person(i) is { } person)
                {
                    people.Add(person);
                }
            }

            return people;
        }

        private ReportedPerson? Person(int i)
        {
            section = "people";
            index = i;

            PartyRole? role = null;
            string? name = null, idNumber = null, phone = null, address = null, relation = null;
            Sex? sex = null;
            Injury? injury = null;
            DateOnly? birthDate = null;
            uint seen = 0;
            while (NextField(AlarmFields.Person, ref seen, out var field))
            {
                switch (field)
                {
                    case 0: role = OneOf<PartyRole>("role"); break;
                    case 1: name = Name("name"); break;
                    case 2: sex = OneOf<Sex>("sex"); break;
                    case 3: birthDate = BirthDate("birthDate"); break;
                    case 4: idNumber = IdNumber("idNumber"); break;
                    case 5: phone = Text("phone", AlarmLimits.Phone); break;
                    case 6: address = Text("address", AlarmLimits.Address); break;
                    case 7: injury = OneOf<Injury>("injury"); break;
                    case 8: relation = Text("relationToVictim", AlarmLimits.Relation); break;
                }
            }

            if (role is null && !HasErrors(Path("role")))
            {
                Fault(Path("role"), FieldFault.Required);
            }

            if (idNumber is not null)
            {
                CheckAgainst(idNumber, birthDate, sex);
            }

            section = null;
            index = -1;
            var withheld = address is not null && AddressPlaceholders.IsPlaceholder(address);
            return role is null
                ? null
                : new ReportedPerson
                {
                    Role = role.Value,
                    Name = name,
                    Sex = sex ?? Sex.Unknown,
                    BirthDate = birthDate,
                    IdNumber = idNumber,
                    Phone = phone,
                    Address = withheld ? null : address,
                    AddressPlaceholder = withheld ? address : null,
                    Injury = injury ?? Injury.Unknown,
                    RelationToVictim = relation,
                };
        }

        private DateOnly? BirthDate(string name)
        {
            var text = Text(name, AlarmLimits.Source);
            if (text is null)
            {
                return null;
            }

            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var date))
            {
                Fault(Path(name), FieldFault.NotADate);
                return null;
            }

            if (IsPossibleBirth(date))
            {
                return date;
            }

            Fault(Path(name), FieldFault.ImpossibleBirthDate);
            return null;
        }

        /// <summary>A day of grace: it is tomorrow in the city while it is today in UTC.</summary>
        private readonly bool IsPossibleBirth(DateOnly date) => date >= AlarmLimits.EarliestBirth && date <= DateOnly.FromDateTime(now.UtcDateTime).AddDays(1);

        private string? IdNumber(string name)
        {
            var text = Text(name, AlarmLimits.Source)?.ToUpperInvariant();
            if (text is null)
            {
                return null;
            }

            FieldFault? fault = null;
            if (text.Length == 15 && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                fault = FieldFault.IdNumberOf15Digits;
            }
            else if (text.Length != CitizenId.Length || text.AsSpan(0, 17).ContainsAnyExceptInRange('0', '9') || !(char.IsAsciiDigit(text[17]) || text[17] == 'X'))
            {
                fault = FieldFault.NotAnIdNumber;
            }
            else if (!CitizenId.HasRightCheck(text))
            {
                fault = FieldFault.IdNumberCheck;
            }
            else if (!CitizenId.TryGetBirthDate(text, out var birth) || !IsPossibleBirth(birth))
            {
                fault = FieldFault.IdNumberBirthDate;
            }
            else if (vocabulary.IsStatisticalZone(text.AsSpan(0, 6)))
            {
                fault = FieldFault.IdNumberArea;
            }

            if (fault is { } wrong)
            {
                Fault(Path(name), wrong);
                return null;
            }

            return text;
        }

        private void CheckAgainst(string idNumber, DateOnly? birthDate, Sex? sex)
        {
            if (birthDate is not null && CitizenId.TryGetBirthDate(idNumber, out var inNumber) && inNumber != birthDate)
            {
                Fault(Path("idNumber"), FieldFault.IdNumberContradictsBirthDate);
            }

            if (sex is Sex.Female or Sex.Male && CitizenId.SexOf(idNumber) != sex)
            {
                Fault(Path("idNumber"), FieldFault.IdNumberContradictsSex);
            }
        }
    }
}
