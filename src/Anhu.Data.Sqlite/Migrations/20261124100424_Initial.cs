using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace Anhu.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alarms_alarm",
                columns: table => new
                {
                    AlarmId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    SourceId = table.Column<string>(type: "TEXT", maxLength: 120, nullable: false),
                    SourceKey = table.Column<string>(type: "TEXT", maxLength: 181, nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false),
                    ContentHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ReportNumber = table.Column<string>(type: "TEXT", maxLength: 24, nullable: true),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StoredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alarms_alarm", x => x.AlarmId);
                });

            migrationBuilder.CreateTable(
                name: "alarms_mandatory_report",
                columns: table => new
                {
                    AlarmId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OriginUnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    OriginClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    FedBackAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Feedback = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alarms_mandatory_report", x => x.AlarmId);
                });

            migrationBuilder.CreateTable(
                name: "alarms_reporter",
                columns: table => new
                {
                    AlarmId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false),
                    Name = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Phone = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Relation = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alarms_reporter", x => new { x.AlarmId, x.Revision });
                });

            migrationBuilder.CreateTable(
                name: "alarms_revision",
                columns: table => new
                {
                    AlarmId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false),
                    StoredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alarms_revision", x => new { x.AlarmId, x.Revision });
                });

            migrationBuilder.CreateTable(
                name: "audit_checkpoint",
                columns: table => new
                {
                    AuditCheckpointId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    RecordSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    RecordHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ViewSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    ViewHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AuditKeyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Signature = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_checkpoint", x => x.AuditCheckpointId);
                });

            migrationBuilder.CreateTable(
                name: "audit_key",
                columns: table => new
                {
                    AuditKeyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Algorithm = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    PrivateKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PublicKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_key", x => x.AuditKeyId);
                });

            migrationBuilder.CreateTable(
                name: "audit_view",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Type = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Class = table.Column<int>(type: "INTEGER", nullable: true),
                    Data = table.Column<string>(type: "TEXT", nullable: false),
                    PreviousHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_view", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "audit_view_archive",
                columns: table => new
                {
                    ToSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    FromSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    LastHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    FileName = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    FileHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ArchivedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_view_archive", x => x.ToSequence);
                });

            migrationBuilder.CreateTable(
                name: "audit_view_day",
                columns: table => new
                {
                    Day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Cases = table.Column<int>(type: "INTEGER", nullable: false),
                    AtNight = table.Column<int>(type: "INTEGER", nullable: false),
                    ByLeave = table.Column<int>(type: "INTEGER", nullable: false),
                    Searches = table.Column<int>(type: "INTEGER", nullable: false),
                    OwnSearches = table.Column<int>(type: "INTEGER", nullable: false),
                    Neighbours = table.Column<int>(type: "INTEGER", nullable: false),
                    OfSurname = table.Column<int>(type: "INTEGER", nullable: false),
                    Again = table.Column<int>(type: "INTEGER", nullable: false),
                    AfterClosing = table.Column<int>(type: "INTEGER", nullable: false),
                    SearchOnly = table.Column<int>(type: "INTEGER", nullable: false),
                    Refused = table.Column<int>(type: "INTEGER", nullable: false),
                    Prints = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_view_day", x => new { x.Day, x.WorkerId });
                });

            migrationBuilder.CreateTable(
                name: "cases_access",
                columns: table => new
                {
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Class = table.Column<int>(type: "INTEGER", nullable: false),
                    IsDirect = table.Column<bool>(type: "INTEGER", nullable: false),
                    IsHanded = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_access", x => new { x.CaseId, x.UnitId });
                });

            migrationBuilder.CreateTable(
                name: "cases_access_block",
                columns: table => new
                {
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    TiedWorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: false),
                    ThroughCaseId = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_access_block", x => new { x.WorkerId, x.CaseId, x.TiedWorkerId, x.PersonId });
                });

            migrationBuilder.CreateTable(
                name: "cases_access_grant",
                columns: table => new
                {
                    AccessGrantId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Note = table.Column<byte[]>(type: "BLOB", nullable: true),
                    GrantedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Until = table.Column<long>(type: "INTEGER", nullable: false),
                    ReviewDutyId = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_access_grant", x => x.AccessGrantId);
                });

            migrationBuilder.CreateTable(
                name: "cases_case",
                columns: table => new
                {
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    CaseSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    OpenedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Class = table.Column<int>(type: "INTEGER", nullable: false),
                    RegionCode = table.Column<string>(type: "TEXT", maxLength: 15, nullable: false),
                    LastAlarmAt = table.Column<long>(type: "INTEGER", nullable: false),
                    IncidentCount = table.Column<int>(type: "INTEGER", nullable: false),
                    OpenDutyCount = table.Column<int>(type: "INTEGER", nullable: false),
                    ReviewOn = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    ClosedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    JoinedIntoCaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ReopenCount = table.Column<int>(type: "INTEGER", nullable: false),
                    ShunnedUnits = table.Column<string>(type: "TEXT", nullable: false),
                    PartedIncidentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Across = table.Column<string>(type: "TEXT", nullable: false),
                    Before = table.Column<string>(type: "TEXT", nullable: true),
                    IsSealed = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_case", x => x.CaseId);
                });

            migrationBuilder.CreateTable(
                name: "cases_exposure",
                columns: table => new
                {
                    ExposureId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    What = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    To = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: true),
                    Note = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ReportedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ReportedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OfficerDueAt = table.Column<long>(type: "INTEGER", nullable: false),
                    AnsweredAt = table.Column<long>(type: "INTEGER", nullable: true),
                    AnsweredByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    AuthorityTold = table.Column<bool>(type: "INTEGER", nullable: true),
                    Answer = table.Column<byte[]>(type: "BLOB", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    EndReason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_exposure", x => x.ExposureId);
                });

            migrationBuilder.CreateTable(
                name: "cases_exposure_seat",
                columns: table => new
                {
                    ExposureId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_exposure_seat", x => new { x.ExposureId, x.WorkerId });
                });

            migrationBuilder.CreateTable(
                name: "cases_incident",
                columns: table => new
                {
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OriginCaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    OccurredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Category = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RegionCode = table.Column<string>(type: "TEXT", maxLength: 15, nullable: true),
                    Address = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Longitude = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Latitude = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IsDrawable = table.Column<bool>(type: "INTEGER", nullable: false),
                    PlaceKey = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Summary = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Injury = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Weapon = table.Column<bool>(type: "INTEGER", nullable: true),
                    ThreatToKill = table.Column<bool>(type: "INTEGER", nullable: true),
                    Strangulation = table.Column<bool>(type: "INTEGER", nullable: true),
                    ChildPresent = table.Column<bool>(type: "INTEGER", nullable: true),
                    Pregnant = table.Column<bool>(type: "INTEGER", nullable: true),
                    Alcohol = table.Column<bool>(type: "INTEGER", nullable: true),
                    SexualViolence = table.Column<bool>(type: "INTEGER", nullable: true),
                    Separation = table.Column<bool>(type: "INTEGER", nullable: true),
                    IsMandatoryReport = table.Column<bool>(type: "INTEGER", nullable: false),
                    PoliceOpinion = table.Column<int>(type: "INTEGER", nullable: true),
                    AlarmCount = table.Column<int>(type: "INTEGER", nullable: false),
                    Disposition = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    DisposedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LetterAt = table.Column<long>(type: "INTEGER", nullable: true),
                    PunishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    OrderUntil = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    OrderBreachedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Answers = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_incident", x => x.IncidentId);
                });

            migrationBuilder.CreateTable(
                name: "cases_incident_party",
                columns: table => new
                {
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Role = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RelationToVictim = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Injury = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_incident_party", x => new { x.IncidentId, x.PersonId });
                });

            migrationBuilder.CreateTable(
                name: "cases_party",
                columns: table => new
                {
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Role = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RelationToVictim = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_party", x => new { x.CaseId, x.PersonId });
                });

            migrationBuilder.CreateTable(
                name: "cases_saved_filter",
                columns: table => new
                {
                    SavedFilterId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Query = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_saved_filter", x => x.SavedFilterId);
                });

            migrationBuilder.CreateTable(
                name: "cases_sealed_seat",
                columns: table => new
                {
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_sealed_seat", x => new { x.CaseId, x.WorkerId });
                });

            migrationBuilder.CreateTable(
                name: "cases_sharing_consent",
                columns: table => new
                {
                    SharingConsentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Purpose = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Ground = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Explanation = table.Column<byte[]>(type: "BLOB", nullable: true),
                    GivenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ByUnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WithdrawnAt = table.Column<long>(type: "INTEGER", nullable: true),
                    WithdrawnByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    WithdrawnReason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_sharing_consent", x => x.SharingConsentId);
                });

            migrationBuilder.CreateTable(
                name: "cases_worker_tie",
                columns: table => new
                {
                    WorkerTieId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Name = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IdNumber = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Phone = table.Column<byte[]>(type: "BLOB", nullable: true),
                    BirthDate = table.Column<byte[]>(type: "BLOB", nullable: true),
                    RegionCode = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_worker_tie", x => x.WorkerTieId);
                });

            migrationBuilder.CreateTable(
                name: "cases_worker_tie_key",
                columns: table => new
                {
                    Value = table.Column<string>(type: "TEXT", maxLength: 160, nullable: false),
                    WorkerTieId = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases_worker_tie_key", x => new { x.Value, x.WorkerTieId });
                });

            migrationBuilder.CreateTable(
                name: "data_counter",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_counter", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "data_lease",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Holder = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_lease", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "DataProtectionKeys",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    FriendlyName = table.Column<string>(type: "TEXT", nullable: true),
                    Xml = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DataProtectionKeys", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "dispositions_disposition",
                columns: table => new
                {
                    DispositionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Suggested = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Deviates = table.Column<bool>(type: "INTEGER", nullable: false),
                    FromAbove = table.Column<bool>(type: "INTEGER", nullable: false),
                    RuleIds = table.Column<string>(type: "TEXT", nullable: false),
                    Circumstances = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Additions = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RulesVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dispositions_disposition", x => x.DispositionId);
                });

            migrationBuilder.CreateTable(
                name: "dispositions_letter_due",
                columns: table => new
                {
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OccurredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Strength = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    GroundIds = table.Column<string>(type: "TEXT", nullable: false),
                    MissedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dispositions_letter_due", x => x.IncidentId);
                });

            migrationBuilder.CreateTable(
                name: "documents_key",
                columns: table => new
                {
                    DocumentKeyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Algorithm = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    PrivateKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PublicKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Generation = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_documents_key", x => x.DocumentKeyId);
                });

            migrationBuilder.CreateTable(
                name: "documents_template",
                columns: table => new
                {
                    DocumentTemplateId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    IsShipped = table.Column<bool>(type: "INTEGER", nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    AddedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    AddedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_documents_template", x => x.DocumentTemplateId);
                });

            migrationBuilder.CreateTable(
                name: "duties_duty",
                columns: table => new
                {
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OriginCaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    LinkStatementId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    OwnerUnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Class = table.Column<int>(type: "INTEGER", nullable: false),
                    Basis = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    RuleId = table.Column<string>(type: "TEXT", maxLength: 80, nullable: true),
                    PlaybookVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    OverdueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EscalationLevel = table.Column<int>(type: "INTEGER", nullable: false),
                    EscalatedToUnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    HandOverToUnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    HandOverReason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    HandOverId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    HandOverWithoutConsent = table.Column<bool>(type: "INTEGER", nullable: false),
                    WithoutConsent = table.Column<bool>(type: "INTEGER", nullable: false),
                    HandOverDueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DecidingUnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    CancelRequestedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    LastReason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    NextCheckAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DoneAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DoneByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Form = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_duties_duty", x => x.DutyId);
                });

            migrationBuilder.CreateTable(
                name: "duties_hand_over",
                columns: table => new
                {
                    HandOverId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    FromUnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ToUnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OfferedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Urgency = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Reason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Summary = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Needs = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Enclosed = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Steps = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SharingConsentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    WithoutConsent = table.Column<bool>(type: "INTEGER", nullable: false),
                    WasInvolved = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_duties_hand_over", x => x.HandOverId);
                });

            migrationBuilder.CreateTable(
                name: "evidence_file",
                columns: table => new
                {
                    EvidenceFileId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Item = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Wound = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Caption = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Length = table.Column<long>(type: "INTEGER", nullable: false),
                    Sha256 = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Sm3 = table.Column<byte[]>(type: "BLOB", nullable: true),
                    MadeAt = table.Column<long>(type: "INTEGER", nullable: false),
                    BegunAt = table.Column<long>(type: "INTEGER", nullable: false),
                    KeptAt = table.Column<long>(type: "INTEGER", nullable: true),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    MediaType = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    WithdrawnBecause = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_evidence_file", x => x.EvidenceFileId);
                });

            migrationBuilder.CreateTable(
                name: "grading_grade",
                columns: table => new
                {
                    GradeId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Class = table.Column<int>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Reasons = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Missing = table.Column<string>(type: "TEXT", nullable: false),
                    PolicyVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Note = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ApprovedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Across = table.Column<string>(type: "TEXT", nullable: false),
                    LinkStatementId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_grading_grade", x => x.GradeId);
                });

            migrationBuilder.CreateTable(
                name: "measures_act",
                columns: table => new
                {
                    MeasureActId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    MeasureId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    Action = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RecordedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    NumberKey = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    ValidUntil = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    Fields = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_measures_act", x => x.MeasureActId);
                });

            migrationBuilder.CreateTable(
                name: "measures_court_notice",
                columns: table => new
                {
                    CourtNoticeId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    SourceId = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    OrderKey = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Event = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    HappenedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 80, nullable: true),
                    MeasureId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_measures_court_notice", x => x.CourtNoticeId);
                });

            migrationBuilder.CreateTable(
                name: "measures_measure",
                columns: table => new
                {
                    MeasureId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AgainstRecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ProtectsRecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    IsOpen = table.Column<bool>(type: "INTEGER", nullable: false),
                    Overlays = table.Column<string>(type: "TEXT", nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    NumberKey = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    StartsAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ProposedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DraftedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    DeadlineKey = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DecidedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DeliveredAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ValidUntil = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    DecidingUnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ReleaseAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ReleasedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    NextCheckAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Fields = table.Column<byte[]>(type: "BLOB", nullable: false),
                    RulesVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_measures_measure", x => x.MeasureId);
                });

            migrationBuilder.CreateTable(
                name: "messages_outbox",
                columns: table => new
                {
                    OutboxMessageId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    SafeContactId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Phone = table.Column<byte[]>(type: "BLOB", nullable: false),
                    TemplateId = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Text = table.Column<byte[]>(type: "BLOB", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    QueuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    NextAttemptAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ClaimedUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    GatewayReference = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    LastError = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true),
                    SentAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages_outbox", x => x.OutboxMessageId);
                });

            migrationBuilder.CreateTable(
                name: "messages_safe_contact",
                columns: table => new
                {
                    SafeContactId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OriginCaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OriginPersonId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Phone = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Address = table.Column<byte[]>(type: "BLOB", nullable: true),
                    SafeToCall = table.Column<bool>(type: "INTEGER", nullable: false),
                    SafeToText = table.Column<bool>(type: "INTEGER", nullable: false),
                    SafeVoicemail = table.Column<bool>(type: "INTEGER", nullable: false),
                    SafeForLetters = table.Column<bool>(type: "INTEGER", nullable: false),
                    SafeInPerson = table.Column<bool>(type: "INTEGER", nullable: false),
                    MaySayWho = table.Column<bool>(type: "INTEGER", nullable: false),
                    CodeWord = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Language = table.Column<byte[]>(type: "BLOB", nullable: true),
                    NeedsInterpreter = table.Column<bool>(type: "INTEGER", nullable: false),
                    IfOtherAnswers = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SafeFrom = table.Column<TimeOnly>(type: "TEXT", nullable: true),
                    SafeUntil = table.Column<TimeOnly>(type: "TEXT", nullable: true),
                    SafePhrase = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Note = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ConfirmedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages_safe_contact", x => x.SafeContactId);
                });

            migrationBuilder.CreateTable(
                name: "OpenIddictApplications",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ApplicationType = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    ClientSecret = table.Column<string>(type: "TEXT", nullable: true),
                    ClientType = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    ConcurrencyToken = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    ConsentType = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    DisplayName = table.Column<string>(type: "TEXT", nullable: true),
                    DisplayNames = table.Column<string>(type: "TEXT", nullable: true),
                    JsonWebKeySet = table.Column<string>(type: "TEXT", nullable: true),
                    Permissions = table.Column<string>(type: "TEXT", nullable: true),
                    PostLogoutRedirectUris = table.Column<string>(type: "TEXT", nullable: true),
                    Properties = table.Column<string>(type: "TEXT", nullable: true),
                    RedirectUris = table.Column<string>(type: "TEXT", nullable: true),
                    Requirements = table.Column<string>(type: "TEXT", nullable: true),
                    Settings = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OpenIddictApplications", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "OpenIddictScopes",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConcurrencyToken = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    Description = table.Column<string>(type: "TEXT", nullable: true),
                    Descriptions = table.Column<string>(type: "TEXT", nullable: true),
                    DisplayName = table.Column<string>(type: "TEXT", nullable: true),
                    DisplayNames = table.Column<string>(type: "TEXT", nullable: true),
                    Name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Properties = table.Column<string>(type: "TEXT", nullable: true),
                    Resources = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OpenIddictScopes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "organisation_duty_roster",
                columns: table => new
                {
                    DutyRosterEntryId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StartsAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndsAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisation_duty_roster", x => x.DutyRosterEntryId);
                });

            migrationBuilder.CreateTable(
                name: "organisation_jurisdiction",
                columns: table => new
                {
                    Agency = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RegionPrefix = table.Column<string>(type: "TEXT", maxLength: 15, nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisation_jurisdiction", x => new { x.Agency, x.RegionPrefix });
                });

            migrationBuilder.CreateTable(
                name: "organisation_unit",
                columns: table => new
                {
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Code = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Agency = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    RegionCode = table.Column<string>(type: "TEXT", nullable: false),
                    Level = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    SuperiorUnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    DutyPhone = table.Column<string>(type: "TEXT", maxLength: 30, nullable: true),
                    IsActive = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisation_unit", x => x.UnitId);
                });

            migrationBuilder.CreateTable(
                name: "organisation_worker",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DisplayName = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Roles = table.Column<string>(type: "TEXT", nullable: false),
                    RegionCode = table.Column<string>(type: "TEXT", maxLength: 15, nullable: true),
                    Culture = table.Column<string>(type: "TEXT", maxLength: 10, nullable: true),
                    IsActive = table.Column<bool>(type: "INTEGER", nullable: false),
                    SoundOn = table.Column<bool>(type: "INTEGER", nullable: false),
                    PasswordSetAt = table.Column<long>(type: "INTEGER", nullable: true),
                    FirstPasswordUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    AccessDueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false),
                    UserName = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    NormalizedUserName = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    Email = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    NormalizedEmail = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    EmailConfirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    PasswordHash = table.Column<string>(type: "TEXT", nullable: true),
                    SecurityStamp = table.Column<string>(type: "TEXT", nullable: true),
                    ConcurrencyStamp = table.Column<string>(type: "TEXT", nullable: true),
                    PhoneNumber = table.Column<string>(type: "TEXT", nullable: true),
                    PhoneNumberConfirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    TwoFactorEnabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    LockoutEnd = table.Column<long>(type: "INTEGER", nullable: true),
                    LockoutEnabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    AccessFailedCount = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_organisation_worker", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "people_household_statement",
                columns: table => new
                {
                    HouseholdStatementId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StatementSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WithRecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OnAt = table.Column<long>(type: "INTEGER", nullable: false),
                    TargetId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Reason = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people_household_statement", x => x.HouseholdStatementId);
                });

            migrationBuilder.CreateTable(
                name: "people_key",
                columns: table => new
                {
                    Value = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    RecordId = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people_key", x => new { x.Value, x.PersonId });
                });

            migrationBuilder.CreateTable(
                name: "people_list",
                columns: table => new
                {
                    PersonListId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Agency = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    ContentHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Rows = table.Column<int>(type: "INTEGER", nullable: false),
                    TakenAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people_list", x => x.PersonListId);
                });

            migrationBuilder.CreateTable(
                name: "people_pair",
                columns: table => new
                {
                    LinkPairId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    LeftRecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    RightRecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    LeftPersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    RightPersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    LeftCaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    RightCaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Probability = table.Column<double>(type: "REAL", nullable: false),
                    Weight = table.Column<double>(type: "REAL", nullable: false),
                    ModelVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    FoundAt = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Class = table.Column<int>(type: "INTEGER", nullable: false),
                    Incidents = table.Column<int>(type: "INTEGER", nullable: false),
                    Rank = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people_pair", x => x.LinkPairId);
                });

            migrationBuilder.CreateTable(
                name: "people_person",
                columns: table => new
                {
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Sex = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    BirthDate = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IdNumber = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Phone = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Address = table.Column<byte[]>(type: "BLOB", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    JoinedIntoPersonId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people_person", x => x.PersonId);
                });

            migrationBuilder.CreateTable(
                name: "people_record",
                columns: table => new
                {
                    RecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    RecordSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ArrivedAsPersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    FoundRecordId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    FoundBy = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Probability = table.Column<double>(type: "REAL", nullable: true),
                    ModelVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    AlarmId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Part = table.Column<int>(type: "INTEGER", nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false),
                    PersonListId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Source = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Role = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    RelationToVictim = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Injury = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Name = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Sex = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    BirthDate = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IdNumber = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Phone = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Address = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StoredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LookUpFrom = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people_record", x => x.RecordId);
                });

            migrationBuilder.CreateTable(
                name: "people_statement",
                columns: table => new
                {
                    LinkStatementId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StatementSequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    LeftRecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    RightRecordId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    TargetId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Reason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Probability = table.Column<double>(type: "REAL", nullable: true),
                    ModelVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    NeedsSecond = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people_statement", x => x.LinkStatementId);
                });

            migrationBuilder.CreateTable(
                name: "playbooks_rule_document",
                columns: table => new
                {
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    DocumentVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false),
                    ActiveFrom = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_playbooks_rule_document", x => new { x.Kind, x.DocumentVersion });
                });

            migrationBuilder.CreateTable(
                name: "protection_key",
                columns: table => new
                {
                    Purpose = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Generation = table.Column<int>(type: "INTEGER", nullable: false),
                    Suite = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    CityKeyId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Wrapped = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_protection_key", x => new { x.Purpose, x.Generation });
                });

            migrationBuilder.CreateTable(
                name: "protection_reseal",
                columns: table => new
                {
                    TableName = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Generation = table.Column<int>(type: "INTEGER", nullable: false),
                    After = table.Column<string>(type: "TEXT", nullable: true),
                    Rows = table.Column<long>(type: "INTEGER", nullable: false),
                    Resealed = table.Column<long>(type: "INTEGER", nullable: false),
                    DoneAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_protection_reseal", x => x.TableName);
                });

            migrationBuilder.CreateTable(
                name: "regions_region",
                columns: table => new
                {
                    RegionCode = table.Column<string>(type: "TEXT", maxLength: 15, nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Level = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    ParentCode = table.Column<string>(type: "TEXT", nullable: true),
                    IsStatutory = table.Column<bool>(type: "INTEGER", nullable: false),
                    Longitude = table.Column<double>(type: "REAL", nullable: true),
                    Latitude = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_regions_region", x => x.RegionCode);
                });

            migrationBuilder.CreateTable(
                name: "reports_omission",
                columns: table => new
                {
                    ReportOmissionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DecidingDutyId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    BodyKind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    BodyName = table.Column<byte[]>(type: "BLOB", nullable: false),
                    KnewOn = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    Findings = table.Column<byte[]>(type: "BLOB", nullable: false),
                    FoundByUnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    FoundAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reports_omission", x => x.ReportOmissionId);
                });

            migrationBuilder.CreateTable(
                name: "requests_data_request",
                columns: table => new
                {
                    DataRequestId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SubjectName = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SubjectIdNumber = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Requester = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RequesterName = table.Column<byte[]>(type: "BLOB", nullable: false),
                    RequesterIdNumber = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Proof = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AskedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AskedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DecidedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    DecidedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    KnownBy = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Refusal = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Until = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_requests_data_request", x => x.DataRequestId);
                });

            migrationBuilder.CreateTable(
                name: "retention_deletion",
                columns: table => new
                {
                    CaseDeletionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Cases = table.Column<string>(type: "TEXT", nullable: false),
                    CaseNumber = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Class = table.Column<int>(type: "INTEGER", nullable: false),
                    TermId = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    PolicyVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    DueOn = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    ProposedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ProposedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ConfirmedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ConfirmedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Rows = table.Column<int>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_retention_deletion", x => x.CaseDeletionId);
                });

            migrationBuilder.CreateTable(
                name: "retention_hold",
                columns: table => new
                {
                    RetentionHoldId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Reason = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PlacedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    PlacedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UntilOn = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    ReleasedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ReleasedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_retention_hold", x => x.RetentionHoldId);
                });

            migrationBuilder.CreateTable(
                name: "scene_entry",
                columns: table => new
                {
                    SceneEntryId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    Part = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Item = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Value = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Words = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ListVersion = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    MadeAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Count = table.Column<long>(type: "INTEGER", nullable: false),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_scene_entry", x => x.SceneEntryId);
                });

            migrationBuilder.CreateTable(
                name: "security_second_step_rule",
                columns: table => new
                {
                    SecondStepRuleId = table.Column<int>(type: "INTEGER", nullable: false),
                    Roles = table.Column<string>(type: "TEXT", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_security_second_step_rule", x => x.SecondStepRuleId);
                });

            migrationBuilder.CreateTable(
                name: "security_session",
                columns: table => new
                {
                    WorkerSessionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Stamp = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Device = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    From = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Method = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastUsedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_security_session", x => x.WorkerSessionId);
                });

            migrationBuilder.CreateTable(
                name: "security_signing_key",
                columns: table => new
                {
                    SigningKeyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Use = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    ProtectedKey = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_security_signing_key", x => x.SigningKeyId);
                });

            migrationBuilder.CreateTable(
                name: "shield_place",
                columns: table => new
                {
                    ShieldedPlaceId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OriginPersonId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Value = table.Column<byte[]>(type: "BLOB", nullable: false),
                    MeetAt = table.Column<byte[]>(type: "BLOB", nullable: true),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    RecordedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RecordedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CheckedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shield_place", x => x.ShieldedPlaceId);
                });

            migrationBuilder.CreateTable(
                name: "timeline_event",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Type = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ClientId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Class = table.Column<int>(type: "INTEGER", nullable: true),
                    Data = table.Column<string>(type: "TEXT", nullable: false),
                    PreviousHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_timeline_event", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "timeline_head",
                columns: table => new
                {
                    TimelineHeadId = table.Column<int>(type: "INTEGER", nullable: false),
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Algorithm = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_timeline_head", x => x.TimelineHeadId);
                });

            migrationBuilder.CreateTable(
                name: "timeline_text_key",
                columns: table => new
                {
                    EventTextKeyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Key = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_timeline_text_key", x => x.EventTextKeyId);
                });

            migrationBuilder.CreateTable(
                name: "visits_form_draft",
                columns: table => new
                {
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    FormKey = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Edit = table.Column<long>(type: "INTEGER", nullable: false),
                    SavedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_visits_form_draft", x => new { x.WorkerId, x.FormKey });
                });

            migrationBuilder.CreateTable(
                name: "visits_return_visit",
                columns: table => new
                {
                    ReturnVisitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DutyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    VisitedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    OnSite = table.Column<bool>(type: "INTEGER", nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    FamilyRelations = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    PoliceHandling = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    DisputeSettled = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Needs = table.Column<string>(type: "TEXT", nullable: false),
                    Advice = table.Column<byte[]>(type: "BLOB", nullable: true),
                    RiskView = table.Column<int>(type: "INTEGER", nullable: true),
                    Notes = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Details = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_visits_return_visit", x => x.ReturnVisitId);
                });

            migrationBuilder.CreateTable(
                name: "documents_issued",
                columns: table => new
                {
                    IssuedDocumentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CaseId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IncidentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    SubjectId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Number = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    UnitId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DocumentTemplateId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CheckCode = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CheckHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PdfHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DocumentKeyId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Signature = table.Column<byte[]>(type: "BLOB", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedByWorkerId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    EndReason = table.Column<byte[]>(type: "BLOB", nullable: true),
                    SupersededByDocumentId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_documents_issued", x => x.IssuedDocumentId);
                    table.ForeignKey(
                        name: "FK_documents_issued_documents_key_DocumentKeyId",
                        column: x => x.DocumentKeyId,
                        principalTable: "documents_key",
                        principalColumn: "DocumentKeyId",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_documents_issued_documents_template_DocumentTemplateId",
                        column: x => x.DocumentTemplateId,
                        principalTable: "documents_template",
                        principalColumn: "DocumentTemplateId",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "evidence_chunk",
                columns: table => new
                {
                    EvidenceFileId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_evidence_chunk", x => new { x.EvidenceFileId, x.Number });
                    table.ForeignKey(
                        name: "FK_evidence_chunk_evidence_file_EvidenceFileId",
                        column: x => x.EvidenceFileId,
                        principalTable: "evidence_file",
                        principalColumn: "EvidenceFileId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "evidence_copy",
                columns: table => new
                {
                    EvidenceFileId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Thumbnail = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Width = table.Column<int>(type: "INTEGER", nullable: false),
                    Height = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_evidence_copy", x => x.EvidenceFileId);
                    table.ForeignKey(
                        name: "FK_evidence_copy_evidence_file_EvidenceFileId",
                        column: x => x.EvidenceFileId,
                        principalTable: "evidence_file",
                        principalColumn: "EvidenceFileId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "OpenIddictAuthorizations",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ApplicationId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ConcurrencyToken = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    CreationDate = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Properties = table.Column<string>(type: "TEXT", nullable: true),
                    Scopes = table.Column<string>(type: "TEXT", nullable: true),
                    Status = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true),
                    Type = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OpenIddictAuthorizations", x => x.Id);
                    table.ForeignKey(
                        name: "FK_OpenIddictAuthorizations_OpenIddictApplications_ApplicationId",
                        column: x => x.ApplicationId,
                        principalTable: "OpenIddictApplications",
                        principalColumn: "Id");
                });

            migrationBuilder.CreateTable(
                name: "AspNetUserClaims",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    UserId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ClaimType = table.Column<string>(type: "TEXT", nullable: true),
                    ClaimValue = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AspNetUserClaims", x => x.Id);
                    table.ForeignKey(
                        name: "FK_AspNetUserClaims_organisation_worker_UserId",
                        column: x => x.UserId,
                        principalTable: "organisation_worker",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "AspNetUserLogins",
                columns: table => new
                {
                    LoginProvider = table.Column<string>(type: "TEXT", nullable: false),
                    ProviderKey = table.Column<string>(type: "TEXT", nullable: false),
                    ProviderDisplayName = table.Column<string>(type: "TEXT", nullable: true),
                    UserId = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AspNetUserLogins", x => new { x.LoginProvider, x.ProviderKey });
                    table.ForeignKey(
                        name: "FK_AspNetUserLogins_organisation_worker_UserId",
                        column: x => x.UserId,
                        principalTable: "organisation_worker",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "AspNetUserPasskeys",
                columns: table => new
                {
                    CredentialId = table.Column<byte[]>(type: "BLOB", maxLength: 1023, nullable: false),
                    UserId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Data = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AspNetUserPasskeys", x => x.CredentialId);
                    table.ForeignKey(
                        name: "FK_AspNetUserPasskeys_organisation_worker_UserId",
                        column: x => x.UserId,
                        principalTable: "organisation_worker",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "AspNetUserTokens",
                columns: table => new
                {
                    UserId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    LoginProvider = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AspNetUserTokens", x => new { x.UserId, x.LoginProvider, x.Name });
                    table.ForeignKey(
                        name: "FK_AspNetUserTokens_organisation_worker_UserId",
                        column: x => x.UserId,
                        principalTable: "organisation_worker",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "documents_issued_files",
                columns: table => new
                {
                    IssuedDocumentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Docx = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Pdf = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Data = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_documents_issued_files", x => x.IssuedDocumentId);
                    table.ForeignKey(
                        name: "FK_documents_issued_files_documents_issued_IssuedDocumentId",
                        column: x => x.IssuedDocumentId,
                        principalTable: "documents_issued",
                        principalColumn: "IssuedDocumentId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "OpenIddictTokens",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ApplicationId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    AuthorizationId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ConcurrencyToken = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    CreationDate = table.Column<DateTime>(type: "TEXT", nullable: true),
                    ExpirationDate = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Payload = table.Column<string>(type: "TEXT", nullable: true),
                    Properties = table.Column<string>(type: "TEXT", nullable: true),
                    RedemptionDate = table.Column<DateTime>(type: "TEXT", nullable: true),
                    ReferenceId = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    Status = table.Column<string>(type: "TEXT", maxLength: 50, nullable: true),
                    Subject = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true),
                    Type = table.Column<string>(type: "TEXT", maxLength: 150, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OpenIddictTokens", x => x.Id);
                    table.ForeignKey(
                        name: "FK_OpenIddictTokens_OpenIddictApplications_ApplicationId",
                        column: x => x.ApplicationId,
                        principalTable: "OpenIddictApplications",
                        principalColumn: "Id");
                    table.ForeignKey(
                        name: "FK_OpenIddictTokens_OpenIddictAuthorizations_AuthorizationId",
                        column: x => x.AuthorizationId,
                        principalTable: "OpenIddictAuthorizations",
                        principalColumn: "Id");
                });

            migrationBuilder.InsertData(
                table: "timeline_head",
                columns: new[] { "TimelineHeadId", "Algorithm", "Hash", "Sequence" },
                values: new object[,]
                {
                    { 1, "sha-256", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 0L },
                    { 2, "sha-256", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 0L }
                });

            migrationBuilder.CreateIndex(
                name: "IX_alarms_alarm_CaseId",
                table: "alarms_alarm",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_alarms_alarm_IncidentId",
                table: "alarms_alarm",
                column: "IncidentId");

            migrationBuilder.CreateIndex(
                name: "IX_alarms_alarm_SourceKey",
                table: "alarms_alarm",
                column: "SourceKey",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_alarms_mandatory_report_DueAt",
                table: "alarms_mandatory_report",
                column: "DueAt",
                filter: "\"FedBackAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_alarms_mandatory_report_Number",
                table: "alarms_mandatory_report",
                column: "Number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_alarms_mandatory_report_OriginClientId_ReceivedAt",
                table: "alarms_mandatory_report",
                columns: new[] { "OriginClientId", "ReceivedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_alarms_mandatory_report_OriginUnitId_ReceivedAt",
                table: "alarms_mandatory_report",
                columns: new[] { "OriginUnitId", "ReceivedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_AspNetUserClaims_UserId",
                table: "AspNetUserClaims",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_AspNetUserLogins_UserId",
                table: "AspNetUserLogins",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_AspNetUserPasskeys_UserId",
                table: "AspNetUserPasskeys",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_audit_checkpoint_At",
                table: "audit_checkpoint",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_audit_view_CaseId_Sequence",
                table: "audit_view",
                columns: new[] { "CaseId", "Sequence" },
                filter: "\"CaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_audit_view_WorkerId_At",
                table: "audit_view",
                columns: new[] { "WorkerId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_cases_access_UnitId_CaseSequence_State_Class",
                table: "cases_access",
                columns: new[] { "UnitId", "CaseSequence", "State", "Class" },
                descending: new[] { false, true, false, false });

            migrationBuilder.CreateIndex(
                name: "IX_cases_access_UnitId_Class_CaseSequence",
                table: "cases_access",
                columns: new[] { "UnitId", "Class", "CaseSequence" },
                filter: "\"State\" = 'Open'");

            migrationBuilder.CreateIndex(
                name: "IX_cases_access_block_CaseId",
                table: "cases_access_block",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_access_grant_CaseId_WorkerId",
                table: "cases_access_grant",
                columns: new[] { "CaseId", "WorkerId" });

            migrationBuilder.CreateIndex(
                name: "IX_cases_access_grant_Kind_GrantedAt",
                table: "cases_access_grant",
                columns: new[] { "Kind", "GrantedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_cases_case_CaseNumber",
                table: "cases_case",
                column: "CaseNumber",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_cases_case_CaseSequence",
                table: "cases_case",
                column: "CaseSequence",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_cases_case_JoinedIntoCaseId",
                table: "cases_case",
                column: "JoinedIntoCaseId",
                filter: "\"JoinedIntoCaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_cases_case_PartedIncidentId",
                table: "cases_case",
                column: "PartedIncidentId",
                unique: true,
                filter: "\"PartedIncidentId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_cases_case_State_ReviewOn",
                table: "cases_case",
                columns: new[] { "State", "ReviewOn" });

            migrationBuilder.CreateIndex(
                name: "IX_cases_exposure_CaseId",
                table: "cases_exposure",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_exposure_ReportedAt",
                table: "cases_exposure",
                column: "ReportedAt");

            migrationBuilder.CreateIndex(
                name: "open",
                table: "cases_exposure",
                column: "ExposureId",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_cases_exposure_seat_CaseId",
                table: "cases_exposure_seat",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_incident_CaseId_OccurredAt",
                table: "cases_incident",
                columns: new[] { "CaseId", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_cases_incident_OriginCaseId",
                table: "cases_incident",
                column: "OriginCaseId",
                filter: "\"OriginCaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_cases_incident_party_PersonId",
                table: "cases_incident_party",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_party_PersonId",
                table: "cases_party",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_saved_filter_WorkerId",
                table: "cases_saved_filter",
                column: "WorkerId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_sealed_seat_WorkerId",
                table: "cases_sealed_seat",
                column: "WorkerId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_sharing_consent_CaseId_UnitId_Purpose",
                table: "cases_sharing_consent",
                columns: new[] { "CaseId", "UnitId", "Purpose" });

            migrationBuilder.CreateIndex(
                name: "IX_cases_worker_tie_WorkerId",
                table: "cases_worker_tie",
                column: "WorkerId");

            migrationBuilder.CreateIndex(
                name: "IX_cases_worker_tie_key_WorkerTieId",
                table: "cases_worker_tie_key",
                column: "WorkerTieId");

            migrationBuilder.CreateIndex(
                name: "IX_dispositions_disposition_IncidentId",
                table: "dispositions_disposition",
                column: "IncidentId");

            migrationBuilder.CreateIndex(
                name: "IX_dispositions_disposition_UnitId_DecidedAt",
                table: "dispositions_disposition",
                columns: new[] { "UnitId", "DecidedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_dispositions_letter_due_DueAt",
                table: "dispositions_letter_due",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_dispositions_letter_due_UnitId_OccurredAt",
                table: "dispositions_letter_due",
                columns: new[] { "UnitId", "OccurredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_documents_issued_CaseId_IssuedAt",
                table: "documents_issued",
                columns: new[] { "CaseId", "IssuedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_documents_issued_CheckHash",
                table: "documents_issued",
                column: "CheckHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_documents_issued_DocumentKeyId",
                table: "documents_issued",
                column: "DocumentKeyId");

            migrationBuilder.CreateIndex(
                name: "IX_documents_issued_DocumentTemplateId",
                table: "documents_issued",
                column: "DocumentTemplateId");

            migrationBuilder.CreateIndex(
                name: "IX_documents_issued_IncidentId",
                table: "documents_issued",
                column: "IncidentId",
                filter: "\"IncidentId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_documents_issued_Number",
                table: "documents_issued",
                column: "Number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_documents_issued_SubjectId",
                table: "documents_issued",
                column: "SubjectId",
                filter: "\"SubjectId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_documents_template_Kind_Version",
                table: "documents_template",
                columns: new[] { "Kind", "Version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_CaseId",
                table: "duties_duty",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_DecidingUnitId",
                table: "duties_duty",
                column: "DecidingUnitId",
                filter: "\"DecidingUnitId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_DueAt",
                table: "duties_duty",
                column: "DueAt",
                filter: "\"OverdueAt\" IS NOT NULL AND \"DoneAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_EscalatedToUnitId",
                table: "duties_duty",
                column: "EscalatedToUnitId",
                filter: "\"EscalatedToUnitId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_HandOverToUnitId",
                table: "duties_duty",
                column: "HandOverToUnitId",
                filter: "\"HandOverToUnitId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_NextCheckAt",
                table: "duties_duty",
                column: "NextCheckAt",
                filter: "\"NextCheckAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_OriginCaseId",
                table: "duties_duty",
                column: "OriginCaseId",
                filter: "\"OriginCaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_OwnerUnitId_DoneAt",
                table: "duties_duty",
                columns: new[] { "OwnerUnitId", "DoneAt" },
                filter: "\"DoneAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_OwnerUnitId_State_DueAt",
                table: "duties_duty",
                columns: new[] { "OwnerUnitId", "State", "DueAt" });

            migrationBuilder.CreateIndex(
                name: "IX_duties_duty_WorkerId_State_DueAt",
                table: "duties_duty",
                columns: new[] { "WorkerId", "State", "DueAt" },
                filter: "\"WorkerId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_duties_hand_over_DutyId",
                table: "duties_hand_over",
                column: "DutyId");

            migrationBuilder.CreateIndex(
                name: "IX_duties_hand_over_SharingConsentId",
                table: "duties_hand_over",
                column: "SharingConsentId",
                filter: "\"SharingConsentId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_evidence_file_BegunAt",
                table: "evidence_file",
                column: "BegunAt",
                filter: "\"KeptAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_evidence_file_CaseId_MadeAt",
                table: "evidence_file",
                columns: new[] { "CaseId", "MadeAt" });

            migrationBuilder.CreateIndex(
                name: "IX_evidence_file_DutyId",
                table: "evidence_file",
                column: "DutyId");

            migrationBuilder.CreateIndex(
                name: "IX_evidence_file_IncidentId",
                table: "evidence_file",
                column: "IncidentId");

            migrationBuilder.CreateIndex(
                name: "IX_grading_grade_CaseId_DecidedAt",
                table: "grading_grade",
                columns: new[] { "CaseId", "DecidedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_measures_act_IncidentId",
                table: "measures_act",
                column: "IncidentId");

            migrationBuilder.CreateIndex(
                name: "IX_measures_act_MeasureId_Ordinal",
                table: "measures_act",
                columns: new[] { "MeasureId", "Ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_measures_act_NumberKey",
                table: "measures_act",
                column: "NumberKey");

            migrationBuilder.CreateIndex(
                name: "IX_measures_court_notice_IncidentId",
                table: "measures_court_notice",
                column: "IncidentId");

            migrationBuilder.CreateIndex(
                name: "IX_measures_court_notice_OrderKey",
                table: "measures_court_notice",
                column: "OrderKey");

            migrationBuilder.CreateIndex(
                name: "IX_measures_court_notice_State_ReceivedAt",
                table: "measures_court_notice",
                columns: new[] { "State", "ReceivedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_measures_court_notice_UnitId_Source_SourceId",
                table: "measures_court_notice",
                columns: new[] { "UnitId", "Source", "SourceId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_measures_measure_IncidentId",
                table: "measures_measure",
                column: "IncidentId");

            migrationBuilder.CreateIndex(
                name: "IX_measures_measure_Kind_NumberKey",
                table: "measures_measure",
                columns: new[] { "Kind", "NumberKey" },
                unique: true,
                filter: "\"NumberKey\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_measures_measure_NextCheckAt",
                table: "measures_measure",
                column: "NextCheckAt");

            migrationBuilder.CreateIndex(
                name: "IX_measures_measure_UnitId_IsOpen_DueAt",
                table: "measures_measure",
                columns: new[] { "UnitId", "IsOpen", "DueAt" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_outbox_CaseId",
                table: "messages_outbox",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_messages_outbox_DutyId",
                table: "messages_outbox",
                column: "DutyId");

            migrationBuilder.CreateIndex(
                name: "IX_messages_outbox_State_NextAttemptAt",
                table: "messages_outbox",
                columns: new[] { "State", "NextAttemptAt" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_safe_contact_CaseId",
                table: "messages_safe_contact",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_messages_safe_contact_OriginCaseId",
                table: "messages_safe_contact",
                column: "OriginCaseId",
                filter: "\"OriginCaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_messages_safe_contact_OriginPersonId",
                table: "messages_safe_contact",
                column: "OriginPersonId",
                filter: "\"OriginPersonId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_messages_safe_contact_PersonId",
                table: "messages_safe_contact",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_OpenIddictApplications_ClientId",
                table: "OpenIddictApplications",
                column: "ClientId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_OpenIddictAuthorizations_ApplicationId_Status_Subject_Type",
                table: "OpenIddictAuthorizations",
                columns: new[] { "ApplicationId", "Status", "Subject", "Type" });

            migrationBuilder.CreateIndex(
                name: "IX_OpenIddictScopes_Name",
                table: "OpenIddictScopes",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_OpenIddictTokens_ApplicationId_Status_Subject_Type",
                table: "OpenIddictTokens",
                columns: new[] { "ApplicationId", "Status", "Subject", "Type" });

            migrationBuilder.CreateIndex(
                name: "IX_OpenIddictTokens_AuthorizationId",
                table: "OpenIddictTokens",
                column: "AuthorizationId");

            migrationBuilder.CreateIndex(
                name: "IX_OpenIddictTokens_ReferenceId",
                table: "OpenIddictTokens",
                column: "ReferenceId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_organisation_duty_roster_UnitId_StartsAt",
                table: "organisation_duty_roster",
                columns: new[] { "UnitId", "StartsAt" });

            migrationBuilder.CreateIndex(
                name: "IX_organisation_jurisdiction_UnitId",
                table: "organisation_jurisdiction",
                column: "UnitId");

            migrationBuilder.CreateIndex(
                name: "IX_organisation_unit_Code",
                table: "organisation_unit",
                column: "Code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_organisation_unit_SuperiorUnitId",
                table: "organisation_unit",
                column: "SuperiorUnitId");

            migrationBuilder.CreateIndex(
                name: "EmailIndex",
                table: "organisation_worker",
                column: "NormalizedEmail");

            migrationBuilder.CreateIndex(
                name: "IX_organisation_worker_UnitId",
                table: "organisation_worker",
                column: "UnitId");

            migrationBuilder.CreateIndex(
                name: "UserNameIndex",
                table: "organisation_worker",
                column: "NormalizedUserName",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_people_household_statement_RecordId",
                table: "people_household_statement",
                column: "RecordId");

            migrationBuilder.CreateIndex(
                name: "IX_people_household_statement_StatementSequence",
                table: "people_household_statement",
                column: "StatementSequence",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_people_household_statement_WithRecordId",
                table: "people_household_statement",
                column: "WithRecordId");

            migrationBuilder.CreateIndex(
                name: "IX_people_list_ContentHash",
                table: "people_list",
                column: "ContentHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_people_pair_LeftCaseId",
                table: "people_pair",
                column: "LeftCaseId",
                filter: "\"LeftCaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_people_pair_LeftPersonId",
                table: "people_pair",
                column: "LeftPersonId");

            migrationBuilder.CreateIndex(
                name: "IX_people_pair_LeftRecordId_RightRecordId",
                table: "people_pair",
                columns: new[] { "LeftRecordId", "RightRecordId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_people_pair_RightCaseId",
                table: "people_pair",
                column: "RightCaseId",
                filter: "\"RightCaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_people_pair_RightPersonId",
                table: "people_pair",
                column: "RightPersonId");

            migrationBuilder.CreateIndex(
                name: "IX_people_pair_State_Rank_LinkPairId",
                table: "people_pair",
                columns: new[] { "State", "Rank", "LinkPairId" });

            migrationBuilder.CreateIndex(
                name: "IX_people_record_IncidentId",
                table: "people_record",
                column: "IncidentId",
                filter: "\"IncidentId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_people_record_LookUpFrom",
                table: "people_record",
                column: "LookUpFrom",
                filter: "\"LookUpFrom\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_people_record_PersonId",
                table: "people_record",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_people_record_PersonListId",
                table: "people_record",
                column: "PersonListId",
                filter: "\"PersonListId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_people_record_RecordSequence",
                table: "people_record",
                column: "RecordSequence",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_people_statement_LeftRecordId",
                table: "people_statement",
                column: "LeftRecordId");

            migrationBuilder.CreateIndex(
                name: "IX_people_statement_RightRecordId",
                table: "people_statement",
                column: "RightRecordId");

            migrationBuilder.CreateIndex(
                name: "IX_people_statement_StatementSequence",
                table: "people_statement",
                column: "StatementSequence",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_regions_region_ParentCode",
                table: "regions_region",
                column: "ParentCode");

            migrationBuilder.CreateIndex(
                name: "IX_reports_omission_DecidingDutyId",
                table: "reports_omission",
                column: "DecidingDutyId");

            migrationBuilder.CreateIndex(
                name: "IX_reports_omission_FoundAt",
                table: "reports_omission",
                column: "FoundAt");

            migrationBuilder.CreateIndex(
                name: "IX_reports_omission_IncidentId",
                table: "reports_omission",
                column: "IncidentId");

            migrationBuilder.CreateIndex(
                name: "IX_requests_data_request_AskedAt",
                table: "requests_data_request",
                column: "AskedAt");

            migrationBuilder.CreateIndex(
                name: "IX_retention_deletion_State_ProposedAt",
                table: "retention_deletion",
                columns: new[] { "State", "ProposedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_retention_hold_CaseId",
                table: "retention_hold",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_scene_entry_CaseId",
                table: "scene_entry",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_scene_entry_DutyId",
                table: "scene_entry",
                column: "DutyId");

            migrationBuilder.CreateIndex(
                name: "IX_security_session_EndedAt",
                table: "security_session",
                column: "EndedAt");

            migrationBuilder.CreateIndex(
                name: "IX_security_session_LastUsedAt",
                table: "security_session",
                column: "LastUsedAt");

            migrationBuilder.CreateIndex(
                name: "IX_security_session_WorkerId_LastUsedAt",
                table: "security_session",
                columns: new[] { "WorkerId", "LastUsedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_shield_place_OriginPersonId",
                table: "shield_place",
                column: "OriginPersonId",
                filter: "\"OriginPersonId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_shield_place_PersonId",
                table: "shield_place",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_timeline_event_CaseId_Sequence",
                table: "timeline_event",
                columns: new[] { "CaseId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_timeline_event_Type_At",
                table: "timeline_event",
                columns: new[] { "Type", "At" },
                filter: "\"CaseId\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_timeline_text_key_CaseId",
                table: "timeline_text_key",
                column: "CaseId");

            migrationBuilder.CreateIndex(
                name: "IX_visits_return_visit_CaseId_VisitedAt",
                table: "visits_return_visit",
                columns: new[] { "CaseId", "VisitedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_visits_return_visit_DutyId",
                table: "visits_return_visit",
                column: "DutyId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alarms_alarm");

            migrationBuilder.DropTable(
                name: "alarms_mandatory_report");

            migrationBuilder.DropTable(
                name: "alarms_reporter");

            migrationBuilder.DropTable(
                name: "alarms_revision");

            migrationBuilder.DropTable(
                name: "AspNetUserClaims");

            migrationBuilder.DropTable(
                name: "AspNetUserLogins");

            migrationBuilder.DropTable(
                name: "AspNetUserPasskeys");

            migrationBuilder.DropTable(
                name: "AspNetUserTokens");

            migrationBuilder.DropTable(
                name: "audit_checkpoint");

            migrationBuilder.DropTable(
                name: "audit_key");

            migrationBuilder.DropTable(
                name: "audit_view");

            migrationBuilder.DropTable(
                name: "audit_view_archive");

            migrationBuilder.DropTable(
                name: "audit_view_day");

            migrationBuilder.DropTable(
                name: "cases_access");

            migrationBuilder.DropTable(
                name: "cases_access_block");

            migrationBuilder.DropTable(
                name: "cases_access_grant");

            migrationBuilder.DropTable(
                name: "cases_case");

            migrationBuilder.DropTable(
                name: "cases_exposure");

            migrationBuilder.DropTable(
                name: "cases_exposure_seat");

            migrationBuilder.DropTable(
                name: "cases_incident");

            migrationBuilder.DropTable(
                name: "cases_incident_party");

            migrationBuilder.DropTable(
                name: "cases_party");

            migrationBuilder.DropTable(
                name: "cases_saved_filter");

            migrationBuilder.DropTable(
                name: "cases_sealed_seat");

            migrationBuilder.DropTable(
                name: "cases_sharing_consent");

            migrationBuilder.DropTable(
                name: "cases_worker_tie");

            migrationBuilder.DropTable(
                name: "cases_worker_tie_key");

            migrationBuilder.DropTable(
                name: "data_counter");

            migrationBuilder.DropTable(
                name: "data_lease");

            migrationBuilder.DropTable(
                name: "DataProtectionKeys");

            migrationBuilder.DropTable(
                name: "dispositions_disposition");

            migrationBuilder.DropTable(
                name: "dispositions_letter_due");

            migrationBuilder.DropTable(
                name: "documents_issued_files");

            migrationBuilder.DropTable(
                name: "duties_duty");

            migrationBuilder.DropTable(
                name: "duties_hand_over");

            migrationBuilder.DropTable(
                name: "evidence_chunk");

            migrationBuilder.DropTable(
                name: "evidence_copy");

            migrationBuilder.DropTable(
                name: "grading_grade");

            migrationBuilder.DropTable(
                name: "measures_act");

            migrationBuilder.DropTable(
                name: "measures_court_notice");

            migrationBuilder.DropTable(
                name: "measures_measure");

            migrationBuilder.DropTable(
                name: "messages_outbox");

            migrationBuilder.DropTable(
                name: "messages_safe_contact");

            migrationBuilder.DropTable(
                name: "OpenIddictScopes");

            migrationBuilder.DropTable(
                name: "OpenIddictTokens");

            migrationBuilder.DropTable(
                name: "organisation_duty_roster");

            migrationBuilder.DropTable(
                name: "organisation_jurisdiction");

            migrationBuilder.DropTable(
                name: "organisation_unit");

            migrationBuilder.DropTable(
                name: "people_household_statement");

            migrationBuilder.DropTable(
                name: "people_key");

            migrationBuilder.DropTable(
                name: "people_list");

            migrationBuilder.DropTable(
                name: "people_pair");

            migrationBuilder.DropTable(
                name: "people_person");

            migrationBuilder.DropTable(
                name: "people_record");

            migrationBuilder.DropTable(
                name: "people_statement");

            migrationBuilder.DropTable(
                name: "playbooks_rule_document");

            migrationBuilder.DropTable(
                name: "protection_key");

            migrationBuilder.DropTable(
                name: "protection_reseal");

            migrationBuilder.DropTable(
                name: "regions_region");

            migrationBuilder.DropTable(
                name: "reports_omission");

            migrationBuilder.DropTable(
                name: "requests_data_request");

            migrationBuilder.DropTable(
                name: "retention_deletion");

            migrationBuilder.DropTable(
                name: "retention_hold");

            migrationBuilder.DropTable(
                name: "scene_entry");

            migrationBuilder.DropTable(
                name: "security_second_step_rule");

            migrationBuilder.DropTable(
                name: "security_session");

            migrationBuilder.DropTable(
                name: "security_signing_key");

            migrationBuilder.DropTable(
                name: "shield_place");

            migrationBuilder.DropTable(
                name: "timeline_event");

            migrationBuilder.DropTable(
                name: "timeline_head");

            migrationBuilder.DropTable(
                name: "timeline_text_key");

            migrationBuilder.DropTable(
                name: "visits_form_draft");

            migrationBuilder.DropTable(
                name: "visits_return_visit");

            migrationBuilder.DropTable(
                name: "organisation_worker");

            migrationBuilder.DropTable(
                name: "documents_issued");

            migrationBuilder.DropTable(
                name: "evidence_file");

            migrationBuilder.DropTable(
                name: "OpenIddictAuthorizations");

            migrationBuilder.DropTable(
                name: "documents_key");

            migrationBuilder.DropTable(
                name: "documents_template");

            migrationBuilder.DropTable(
                name: "OpenIddictApplications");
        }
    }
}
