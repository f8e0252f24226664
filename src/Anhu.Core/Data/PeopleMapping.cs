using Anhu.Modules.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of recognition: records, statements about them and about households, pairs to look at, lists of other agencies.</summary>
internal sealed class PeopleMapping :
    IEntityTypeConfiguration<PersonRecord>, IEntityTypeConfiguration<LinkStatement>, IEntityTypeConfiguration<LinkPair>, IEntityTypeConfiguration<PersonList>,
    IEntityTypeConfiguration<HouseholdStatement>
{
    public void Configure(EntityTypeBuilder<PersonRecord> record)
    {
        record.ToTable("people_record");
        record.HasKey(r => r.RecordId);
        record.Property(r => r.Source).HasMaxLength(100);
        record.Property(r => r.ModelVersion).HasMaxLength(40);
        record.Property(r => r.RelationToVictim).HasMaxLength(40);
        record.Property(r => r.Name).Sealed();
        record.Property(r => r.IdNumber).Sealed();
        record.Property(r => r.Phone).Sealed();
        record.Property(r => r.Address).Sealed();
        record.Property(r => r.BirthDate).Sealed();
        record.HasIndex(r => r.RecordSequence).IsUnique();
        record.HasIndex(r => r.LookUpFrom).HasFilter("\"LookUpFrom\" IS NOT NULL");
        record.HasIndex(r => r.PersonId);
        record.HasIndex(r => r.IncidentId).HasFilter("\"IncidentId\" IS NOT NULL");
        record.HasIndex(r => r.PersonListId).HasFilter("\"PersonListId\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<LinkStatement> statement)
    {
        statement.ToTable("people_statement");
        statement.HasKey(s => s.LinkStatementId);
        statement.Property(s => s.Reason).Sealed();
        statement.Property(s => s.ModelVersion).HasMaxLength(40);
        statement.HasIndex(s => s.StatementSequence).IsUnique();
        statement.HasIndex(s => s.LeftRecordId);
        statement.HasIndex(s => s.RightRecordId);
    }

    public void Configure(EntityTypeBuilder<LinkPair> pair)
    {
        pair.ToTable("people_pair");
        pair.HasKey(p => p.LinkPairId);
        pair.Property(p => p.ModelVersion).HasMaxLength(40);
        pair.Property(p => p.Version).IsConcurrencyToken();
        pair.HasIndex(p => new { p.LeftRecordId, p.RightRecordId }).IsUnique();
        pair.HasIndex(p => new { p.State, p.Rank, p.LinkPairId });
        pair.HasIndex(p => p.LeftPersonId);
        pair.HasIndex(p => p.RightPersonId);
        pair.HasIndex(p => p.LeftCaseId).HasFilter("\"LeftCaseId\" IS NOT NULL");
        pair.HasIndex(p => p.RightCaseId).HasFilter("\"RightCaseId\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<HouseholdStatement> statement)
    {
        statement.ToTable("people_household_statement");
        statement.HasKey(s => s.HouseholdStatementId);
        statement.Property(s => s.Reason).Sealed();
        statement.HasIndex(s => s.StatementSequence).IsUnique();
        statement.HasIndex(s => s.RecordId);
        statement.HasIndex(s => s.WithRecordId);
    }

    public void Configure(EntityTypeBuilder<PersonList> list)
    {
        list.ToTable("people_list");
        list.HasKey(l => l.PersonListId);
        list.Property(l => l.Name).HasMaxLength(100);
        list.HasIndex(l => l.ContentHash).IsUnique();
    }
}
