using Anhu.Modules.Documents;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Anhu.Data;

/// <summary>Tables of documents.</summary>
internal sealed class DocumentMapping :
    IEntityTypeConfiguration<DocumentTemplate>, IEntityTypeConfiguration<IssuedDocument>, IEntityTypeConfiguration<IssuedDocumentFiles>, IEntityTypeConfiguration<DocumentKey>
{
    public void Configure(EntityTypeBuilder<DocumentTemplate> template)
    {
        template.ToTable("documents_template");
        template.HasKey(t => t.DocumentTemplateId);
        template.Property(t => t.Kind).HasMaxLength(40);
        template.Property(t => t.Hash).HasMaxLength(64);
        template.HasIndex(t => new { t.Kind, t.Version }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<IssuedDocument> document)
    {
        document.ToTable("documents_issued");
        document.HasKey(d => d.IssuedDocumentId);
        document.Property(d => d.Kind).HasMaxLength(40);
        document.Property(d => d.Number).HasMaxLength(40);
        document.Property(d => d.CheckCode).Sealed();
        document.Property(d => d.EndReason).Sealed();
        document.Property(d => d.Version).IsConcurrencyToken();
        document.HasIndex(d => new { d.CaseId, d.IssuedAt });
        document.HasIndex(d => d.IncidentId).HasFilter("\"IncidentId\" IS NOT NULL");
        document.HasIndex(d => d.SubjectId).HasFilter("\"SubjectId\" IS NOT NULL");
        document.HasIndex(d => d.Number).IsUnique();
        document.HasIndex(d => d.CheckHash).IsUnique();
        document.HasOne<DocumentTemplate>().WithMany().HasForeignKey(d => d.DocumentTemplateId).OnDelete(DeleteBehavior.Restrict);
        document.HasOne<DocumentKey>().WithMany().HasForeignKey(d => d.DocumentKeyId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<IssuedDocumentFiles> files)
    {
        files.ToTable("documents_issued_files");
        files.HasKey(f => f.IssuedDocumentId);
        files.Property(f => f.Docx).Sealed(strict: true);
        files.Property(f => f.Pdf).Sealed(strict: true);
        files.Property(f => f.Data).Sealed(strict: true);
        files.HasOne<IssuedDocument>().WithOne().HasForeignKey<IssuedDocumentFiles>(f => f.IssuedDocumentId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<DocumentKey> key)
    {
        key.ToTable("documents_key");
        key.HasKey(k => k.DocumentKeyId);
        key.Property(k => k.Algorithm).HasMaxLength(40);
        key.Property(k => k.PrivateKey).Sealed(strict: true);
    }
}
