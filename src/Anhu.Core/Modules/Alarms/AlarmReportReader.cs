using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Anhu.Modules.Alarms;

/// <summary>What came out of reading one alarm: the report, or everything that is wrong with it.</summary>
/// <param name="Report">The report; null when something is wrong.</param>
/// <param name="Errors">What is wrong; null when nothing is.</param>
public readonly record struct AlarmReadResult(AlarmReport? Report, FieldErrors? Errors)
{
    /// <summary>True when there is a report.</summary>
    [MemberNotNullWhen(true, nameof(Report))]
    [MemberNotNullWhen(false, nameof(Errors))]
    public bool IsOk => Report is not null;
}

/// <summary>
/// Reads one alarm of the contract and names every wrong field at once. It is the only way in for HTTP, batches, files and
/// the entry page. Serialisers stop at the first value of a wrong type without saying where, hence by hand.
/// </summary>
public static class AlarmReportReader
{
    private const int MaxDepth = 8;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads one alarm.</summary>
    /// <param name="utf8Json">One JSON object, with or without a byte order mark.</param>
    /// <param name="source">The source from the request's address; null when it is in the object (batch form).</param>
    /// <param name="sourceId">The alarm's name from the request's address; null when it is in the object.</param>
    /// <param name="vocabulary">Regions and units that exist.</param>
    /// <param name="now">The present instant, to refuse times of the future.</param>
    /// <returns>The report, or the errors.</returns>
    public static AlarmReadResult Read(ReadOnlySpan<byte> utf8Json, string? source, string? sourceId, IAlarmVocabulary vocabulary, DateTimeOffset now)
    {
        if (utf8Json.StartsWith(Encoding.UTF8.Preamble))
        {
            utf8Json = utf8Json[Encoding.UTF8.Preamble.Length..];
        }

        var parser = new Parser(utf8Json, vocabulary, now);
        if (!Utf8.IsValid(utf8Json))
        {
            parser.Fault(FieldErrors.Document, FieldFault.NotUtf8);
            return new AlarmReadResult(null, parser.Errors);
        }

        try
        {
            return parser.Read(source, sourceId);
        }
        catch (JsonException broken)
        {
            return new AlarmReadResult(null, Describe(utf8Json, broken));
        }
    }

    /// <summary>Reads a content that <see cref="AlarmReportWriter"/> wrote; what was valid then is not judged again by today's regions and clock.</summary>
    /// <param name="content">The stored content.</param>
    /// <exception cref="InvalidDataException">The content was not written by the writer.</exception>
    public static AlarmReport ReadStored(string content)
    {
        var result = Read(Encoding.UTF8.GetBytes(content), null, null, Anything.Instance, DateTimeOffset.MaxValue - TimeSpan.FromDays(10));
        return result.Report ?? throw new InvalidDataException("A stored alarm can't be read: " + string.Join("; ", result.Errors!.All.Select(e => e.Key + " " + e.Value[0].Code)));
    }

    private static FieldErrors Describe(ReadOnlySpan<byte> utf8Json, JsonException broken)
    {
        var position = $"{broken.LineNumber + 1}:{broken.BytePositionInLine + 1}";
        var errors = new FieldErrors();
        errors.Add(FieldErrors.Document, IsTruncated(utf8Json) ? FieldFault.Truncated : IsTooDeep(utf8Json) ? FieldFault.TooDeep : FieldFault.NotJson, position);
        return errors;
    }

    /// <summary>Read as the beginning of something longer, a truncated text has no fault.</summary>
    private static bool IsTruncated(ReadOnlySpan<byte> utf8Json)
    {
        var beginning = new Utf8JsonReader(utf8Json, isFinalBlock: false, new JsonReaderState(Options));
        try
        {
            while (beginning.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsTooDeep(ReadOnlySpan<byte> utf8Json)
    {
        var document = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = 10_000 });
        try
        {
            while (document.Read())
            {
                if (document.CurrentDepth >= MaxDepth)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Broken before it gets deep.
        }

        return false;
    }

    private sealed class Anything : IAlarmVocabulary
    {
        public static readonly Anything Instance = new();

        public bool RegionExists(string code) => true;

        public bool UnitExists(string code) => true;
    }

    private ref struct Parser(ReadOnlySpan<byte> utf8Json, IAlarmVocabulary vocabulary, DateTimeOffset now)
    {
        private Utf8JsonReader json = new(utf8Json, Options);
        private string? section;
        private int index = -1;

        public FieldErrors? Errors { get; private set; }

        public void Fault(string path, FieldFault fault, string? detail = null) => (Errors ??= new FieldErrors()).Add(path, fault, detail);

        public AlarmReadResult Read(string? source, string? sourceId)
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                json.Read();
                Fault(FieldErrors.Document, FieldFault.NotAnObject);
                return new AlarmReadResult(null, Errors);
            }

            var inAddress = (Source: source, SourceId: sourceId);
            int? revision = null, policeOpinion = null;
            DateTimeOffset? receivedAt = null;
            AlarmChannel? channel = null;
            AlarmCategory? category = null;
            string? summary = null;
            ReportedReporter? reporter = null;
            ReportedLocation? location = null;
            List<ReportedPerson> people = [];
            var indicators = new ReportedIndicators();
            ReportedDispatch? dispatch = null;

            uint seen = 0;
            while (NextField(AlarmFields.Alarm, ref seen, out var field))
            {
                switch (field)
                {
                    case 0: source = Text("source", AlarmLimits.Source); break;
                    case 1: sourceId = Text("sourceId", AlarmLimits.SourceId); break;
                    case 2: revision = Whole("revision", 1, int.MaxValue); break;
                    case 3: receivedAt = Time("receivedAt"); break;
                    case 4: channel = OneOf<AlarmChannel>("channel"); break;
                    case 5: category = OneOf<AlarmCategory>("category"); break;
                    case 6: summary = Text("summary", AlarmLimits.Summary, lines: true); break;
                    case 7: reporter = Reporter(); break;
                    case 8: location = Location(); break;
                    case 9: people = People(); break;
                    case 10: indicators = Indicators(); break;
                    case 11: dispatch = Dispatch(); break;
                    case 12: policeOpinion = Whole("policeOpinion", 1, 3); break;
                }
            }

            json.Read(); // Nothing may follow the object: throws if it does.

            source = Identity("source", inAddress.Source, source);
            sourceId = Identity("sourceId", inAddress.SourceId, sourceId);
            if (source is not null && source.AsSpan().ContainsAnyExcept(SourceCharacters))
            {
                Fault("source", FieldFault.NotAName);
            }

            Required("revision", revision is not null);
            Required("receivedAt", receivedAt is not null);
            Required("channel", channel is not null);
            Required("category", category is not null);
            if (summary is null && people.Count == 0 && !HasErrors("summary") && !HasErrors("people"))
            {
                Fault("summary", FieldFault.SummaryOrPeopleRequired);
            }

            if (Errors is not null)
            {
                return new AlarmReadResult(null, Errors);
            }

            return new AlarmReadResult(
                new AlarmReport
                {
                    Source = source!,
                    SourceId = sourceId!,
                    Revision = revision.GetValueOrDefault(),
                    ReceivedAt = receivedAt.GetValueOrDefault(),
                    Channel = channel.GetValueOrDefault(),
                    Category = category.GetValueOrDefault(),
                    Summary = summary,
                    Reporter = reporter,
                    Location = location,
                    People = people,
                    Indicators = indicators,
                    Dispatch = dispatch,
                    PoliceOpinion = policeOpinion,
                },
                null);
        }

        /// <summary>The name from the address of the request goes above one in the object, which may only repeat it.</summary>
        private string? Identity(string name, string? inAddress, string? value)
        {
            if (inAddress is null)
            {
                Required(name, value is not null);
                return value;
            }

            if (value is not null && value != inAddress)
            {
                Fault(name, FieldFault.DiffersFromAddress);
            }

            return CheckText(name, inAddress, name == "source" ? AlarmLimits.Source : AlarmLimits.SourceId, lines: false) ?? Missing(name);
        }

        private string? Missing(string name)
        {
            Required(name, false);
            return null;
        }

        private void Required(string name, bool there)
        {
            if (!there && !HasErrors(name))
            {
                Fault(name, FieldFault.Required);
            }
        }

        private readonly bool HasErrors(string path)
        {
            if (Errors is null)
            {
                return false;
            }

            foreach (var (wrong, _) in Errors.All)
            {
                if (wrong.StartsWith(path, StringComparison.Ordinal) && (wrong.Length == path.Length || wrong[path.Length] is '.' or '['))
                {
                    return true;
                }
            }

            return false;
        }

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

        private ReportedIndicators Indicators()
        {
            if (!Enter("indicators"))
            {
                return new ReportedIndicators();
            }

            Span<bool?> answers = stackalloc bool?[6];
            uint seen = 0;
            while (NextField(AlarmFields.Indicators, ref seen, out var field))
            {
                answers[field] = TrueOrFalse(AlarmFields.Indicators[field].Value);
            }

            section = null;
            return new ReportedIndicators(answers[0], answers[1], answers[2], answers[3], answers[4], answers[5]);
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

        private bool Next() => json.Read();

        private bool Enter(string name)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                section = name;
                return true;
            }

            if (json.TokenType != JsonTokenType.Null)
            {
                Wrong(name, FieldFault.NotAnObject);
            }

            return false;
        }

        /// <summary>Moves to the value of the next field that the contract knows; unknown and repeated ones are noted and passed over.</summary>
        private bool NextField(JsonEncodedText[] names, ref uint seen, out int field)
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                field = IndexOfName(names, out var text);
                if (field < 0)
                {
                    json.Read();
                    Wrong(Path(text!), FieldFault.UnknownField);
                    continue;
                }

                json.Read();
                if ((seen & (1u << field)) != 0)
                {
                    Wrong(Path(names[field].Value), FieldFault.DuplicateField);
                    continue;
                }

                seen |= 1u << field;
                return true;
            }

            field = -1;
            return false;
        }

        private readonly int IndexOfName(JsonEncodedText[] names, out string? unknown)
        {
            unknown = null;
            if (!json.ValueIsEscaped)
            {
                for (var i = 0; i < names.Length; i++)
                {
                    if (json.ValueSpan.SequenceEqual(names[i].EncodedUtf8Bytes))
                    {
                        return i;
                    }
                }
            }

            unknown = UnescapedText() ?? "?";
            for (var i = 0; json.ValueIsEscaped && i < names.Length; i++)
            {
                if (unknown == names[i].Value)
                {
                    return i;
                }
            }

            // The name goes into the answer: no longer and no stranger than a field's name can be.
            const int longest = 60;
            var printable = unknown.AsSpan(0, Math.Min(unknown.Length, longest)).ToString();
            unknown = printable.AsSpan().ContainsAny(Forbidden) || HasLoneSurrogate(printable) ? "?" : printable;
            return -1;
        }

        /// <summary>The text of a string or name, or null when it contains half a character.</summary>
        private readonly string? UnescapedText()
        {
            try
            {
                return json.GetString();
            }
            catch (InvalidOperationException) when (json.ValueIsEscaped)
            {
                return null;
            }
        }

        private readonly string Path(string name) => section is null ? name : index < 0 ? $"{section}.{name}" : $"{section}[{index}].{name}";

        /// <summary>Notes a value that is of the wrong kind and passes over it.</summary>
        private void Wrong(string path, FieldFault fault, string? detail = null)
        {
            Fault(path, fault, detail);
            json.Skip();
        }

        private string? Text(string name, int longest, bool lines = false)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.String)
            {
                Wrong(Path(name), FieldFault.NotText);
                return null;
            }

            if (UnescapedText() is not { } text)
            {
                Fault(Path(name), FieldFault.BrokenText);
                return null;
            }

            return CheckText(name, text, longest, lines);
        }

        /// <summary>Text without outer spaces; null when nothing is left, since an empty field says nothing.</summary>
        private string? CheckText(string name, string text, int longest, bool lines)
        {
            if (text.AsSpan().ContainsAny(lines ? ForbiddenInLines : Forbidden))
            {
                Fault(Path(name), FieldFault.ControlCharacter);
                return null;
            }

            if (HasLoneSurrogate(text))
            {
                Fault(Path(name), FieldFault.BrokenText);
                return null;
            }

            text = text.Trim();
            if (text.Length > longest)
            {
                Fault(Path(name), FieldFault.TooLong, longest.ToString(System.Globalization.CultureInfo.InvariantCulture));
                return null;
            }

            return text.Length == 0 ? null : text;
        }

        /// <summary>A name; its search key, in which one character can become eighteen, must fit as well.</summary>
        private string? Name(string name)
        {
            var text = Text(name, AlarmLimits.Name);
            if (text is not null && !text.IsNormalized(NormalizationForm.FormKC) && text.Normalize(NormalizationForm.FormKC).Length > AlarmLimits.Name)
            {
                Fault(Path(name), FieldFault.TooLong, AlarmLimits.Name.ToString(System.Globalization.CultureInfo.InvariantCulture));
                return null;
            }

            return text;
        }

        private TEnum? OneOf<TEnum>(string name)
            where TEnum : struct, Enum
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.String)
            {
                Wrong(Path(name), FieldFault.NotText);
                return null;
            }

            var words = AlarmNames.Encoded<TEnum>();
            var text = json.ValueIsEscaped ? UnescapedText() : null;
            for (var i = 0; i < words.Length; i++)
            {
                if (json.ValueIsEscaped ? text == words[i].Value : json.ValueSpan.SequenceEqual(words[i].EncodedUtf8Bytes))
                {
                    return System.Runtime.CompilerServices.Unsafe.BitCast<int, TEnum>(i);
                }
            }

            Fault(Path(name), FieldFault.NotOneOf, string.Join(", ", words.Select(w => w.Value)));
            return null;
        }

        private bool? TrueOrFalse(string name)
        {
            switch (json.TokenType)
            {
                case JsonTokenType.True: return true;
                case JsonTokenType.False: return false;
                case JsonTokenType.Null: return null;
                default:
                    Wrong(Path(name), FieldFault.NotTrueOrFalse);
                    return null;
            }
        }

        private int? Whole(string name, int lowest, int highest)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.Number)
            {
                Wrong(Path(name), FieldFault.NotAWholeNumber);
                return null;
            }

            if (json.ValueSpan.ContainsAny(".eE"u8))
            {
                Fault(Path(name), FieldFault.NotAWholeNumber);
                return null;
            }

            if (json.TryGetInt32(out var number) && number >= lowest && number <= highest)
            {
                return number;
            }

            Fault(Path(name), FieldFault.OutOfRange, $"{lowest} … {highest}");
            return null;
        }

        private double? Number(string name, double highest)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.Number)
            {
                Wrong(Path(name), FieldFault.NotANumber);
                return null;
            }

            if (json.TryGetDouble(out var number) && Math.Abs(number) <= highest)
            {
                return number == 0 ? 0 : number; // Minus zero is zero.
            }

            Fault(Path(name), FieldFault.OutOfRange, $"−{highest} … {highest}");
            return null;
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

        private DateTimeOffset? Time(string name)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }

            if (json.TokenType != JsonTokenType.String)
            {
                Wrong(Path(name), FieldFault.NotText);
                return null;
            }

            var fault = json.ValueIsEscaped && UnescapedText() is { } text
                ? Rfc3339.Parse(Encoding.UTF8.GetBytes(text), out var time)
                : Rfc3339.Parse(json.ValueSpan, out time);
            if (fault is null && time > now + AlarmLimits.Ahead)
            {
                fault = FieldFault.TooFarAhead;
            }
            else if (fault is null && time < AlarmLimits.Earliest)
            {
                fault = FieldFault.TooLongAgo;
            }

            if (fault is { } wrong)
            {
                Fault(Path(name), wrong);
                return null;
            }

            return time;
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

        private static bool HasLoneSurrogate(string text)
        {
            if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                return false;
            }

            for (var i = 0; i < text.Length; i++)
            {
                if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                {
                    i++;
                }
                else if (char.IsSurrogate(text[i]))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static readonly System.Buffers.SearchValues<char> SourceCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <summary>C0 and C1 controls, line separators, and the marks that turn the direction of writing and so can disguise a text.</summary>
    private static readonly System.Buffers.SearchValues<char> Forbidden = System.Buffers.SearchValues.Create(ForbiddenCharacters(lines: false));

    private static readonly System.Buffers.SearchValues<char> ForbiddenInLines = System.Buffers.SearchValues.Create(ForbiddenCharacters(lines: true));

    private static string ForbiddenCharacters(bool lines)
    {
        IEnumerable<int> all =
            [.. Enumerable.Range(0, 0x20), .. Enumerable.Range(0x7F, 0x21), 0x200E, 0x200F, .. Enumerable.Range(0x2028, 7), .. Enumerable.Range(0x2066, 4), 0xFFFE, 0xFFFF];
        return string.Concat(all.Select(c => (char)c).Where(c => !lines || c is not ('\n' or '\r' or '\t')));
    }
}
