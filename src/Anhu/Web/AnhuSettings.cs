using Anhu.Web;

namespace Anhu.Web;

/// <summary>Settings of the program; from the command line, environment (<c>ANHU_…</c>) and <c>appsettings.json</c>, section <c>Anhu</c>.</summary>
public sealed class AnhuSettings
{
    /// <summary>Folder of the embedded store, uploads and keys. Default: <c>anhu-data</c> beside the working folder.</summary>
    public string Data { get; set; } = "anhu-data";

    /// <summary><c>sqlite</c> (a file in <see cref="Data"/>) or a <c>postgres://user:password@host:port/database?schema=name</c> address.</summary>
    public string Store { get; set; } = "sqlite";

    /// <summary>Password of the database, where the address has none; best from a file (<see cref="Secrets"/>).</summary>
    public string? StorePassword { get; set; }

    /// <summary>Whether a PostgreSQL server on another machine may be reached without TLS: where the network between is encrypted in another way, or is inside one machine.</summary>
    public bool StoreWithoutTls { get; set; }

    /// <summary>Folder with a file for each secret, named as its setting with <c>__</c> for the colon; by default that of systemd's credentials.</summary>
    public string? Secrets { get; set; }

    /// <summary>Hosts that the program may ask beside those of its other settings, as <c>host</c> (port 443) or <c>host:port</c>.</summary>
    public IReadOnlyList<string> Outbound { get; set; } = [];

    /// <summary>Where the city key is: <c>file:PATH</c>, <c>env:NAME</c> or <c>pkcs11:…</c>; by default a file in <see cref="Data"/>.</summary>
    public string? Keys { get; set; }

    /// <summary>Suite of a new store: <c>aes-256-gcm</c>, the default, or <c>guomi</c>. One that is there keeps its own.</summary>
    public string? Crypto { get; set; }

    /// <summary>File with the public key (PEM) by whose private half backups can be restored without the city key.</summary>
    public string? RecoveryKey { get; set; }

    /// <summary>Time zone of the city, for deadlines and display.</summary>
    public string TimeZone { get; set; } = "Asia/Shanghai";

    /// <summary>Folder of regions, policies, playbooks and mappings. Default: <c>data</c> beside the program.</summary>
    public string Content { get; set; } = Path.Combine(AppContext.BaseDirectory, "data");

    /// <summary>Folder in <see cref="Content"/> with the city's regions and borders.</summary>
    public string City { get; set; } = "hefei";

    /// <summary>Limits of API clients.</summary>
    public ClientSettings Clients { get; set; } = new();

    /// <summary>Port on 127.0.0.1 where Prometheus reads the figures; 0 for none.</summary>
    public int MetricsPort { get; set; } = 9464;

    /// <summary>Addresses or networks of proxies in front, besides this machine; what they say of a caller's address and of TLS is believed.</summary>
    public IReadOnlyList<string> Proxies { get; set; } = [];

    /// <summary>What may be used at the scene.</summary>
    public SceneSettings Scene { get; set; } = new();

    /// <summary>Rules of contact with victims.</summary>
    public Modules.Messages.ContactSettings Contacts { get; set; } = new();

    /// <summary>Where "leave this page" leads.</summary>
    public ExitSettings Exit { get; set; } = new();

    /// <summary>Rules of signing in.</summary>
    public SecuritySettings Security { get; set; } = new();

    /// <summary>When records are likely, or certainly, one person's.</summary>
    public PeopleSettings People { get; set; } = new();

    /// <summary>Single sign-on through the city's identity provider.</summary>
    public SignOnSettings SignOn { get; set; } = new();

    /// <summary>How text messages leave.</summary>
    public Modules.Messages.MessageSettings Messages { get; set; } = new();

    /// <summary>Where proofs of the record go.</summary>
    public AuditSettings Audit { get; set; } = new();

    /// <summary>How photos and files are looked at.</summary>
    public EvidenceSettings Evidence { get; set; } = new();

    /// <summary>How documents are printed and checked.</summary>
    public PrintSettings Documents { get; set; } = new();

    /// <summary>Demo data and sign-ins.</summary>
    public bool Demo { get; set; }

    /// <summary>Seed of the demo data.</summary>
    public int DemoSeed { get; set; } = 20261122;

    /// <summary>How many months back the demo data begin.</summary>
    public int DemoMonths { get; set; } = 12;

    /// <summary>How many occurrences the demo data have, about.</summary>
    public int DemoIncidents { get; set; } = 900;

    /// <summary>Whether new alarms keep coming in a demo.</summary>
    public bool DemoSimulator { get; set; } = true;
}

/// <summary>Where proofs of the record go.</summary>
public sealed class AuditSettings
{
    /// <summary>Folders (best on another machine) and addresses that signed checkpoints are taken to, every five minutes in which something happens.</summary>
    public IReadOnlyList<string> CheckpointsTo { get; set; } = [];
}

/// <summary>How photos and files are looked at.</summary>
public sealed class EvidenceSettings
{
    /// <summary>Where ClamAV's daemon listens: <c>unix:/run/clamav/clamd.ctl</c> or <c>tcp:HOST:PORT</c>; empty for no scan. With it, nothing is kept that it has not looked at.</summary>
    public string Scanner { get; set; } = "";
}

/// <summary>How documents are printed and checked.</summary>
public sealed class PrintSettings
{
    /// <summary>The platform's address as the public reaches it, such as <c>https://anhu.example.gov.cn</c>: it stands in the codes of documents. Empty: the address that the worker's browser uses.</summary>
    public string CheckAddress { get; set; } = "";

    /// <summary>How many checks one address may ask for in a minute.</summary>
    public int ChecksPerMinute { get; set; } = 30;

    /// <summary>Where fonts are.</summary>
    public Modules.Documents.Pdf.FontSettings Fonts { get; set; } = new();
}

/// <summary>When records are likely, or certainly, one person's.</summary>
public sealed class PeopleSettings
{
    /// <summary>The engine's trained model, in the content folder; empty for none: exact keys only.</summary>
    public string Model { get; set; } = "linkage/people.json";

    /// <summary>From this probability on, two records are joined without asking.</summary>
    public double Certain { get; set; } = 0.999;

    /// <summary>Joining without asking also needs an ID number that speaks strongly for it.</summary>
    public bool CertainNeedsIdNumber { get; set; } = true;

    /// <summary>From this probability on, a worker is asked.</summary>
    public double Likely { get; set; } = 0.5;

    /// <summary>How many people records are drawn from at least: with fewer on record, a likeness counts as if these were.</summary>
    public int Population { get; set; } = 200_000;

    /// <summary>Longest that the alarms of one transaction wait for look-ups, milliseconds; what is left is looked up afterwards.</summary>
    public int LookUpMilliseconds { get; set; } = 20;

    /// <summary>Keeps the index of people in the data folder, sealed, so that starts are quick; false: it is in memory only.</summary>
    public bool KeepIndex { get; set; } = true;
}

/// <summary>What may be used at the scene.</summary>
public sealed class SceneSettings
{
    /// <summary>Codes of risk instruments for which the city holds the permission that they need.</summary>
    public IReadOnlyList<string> Permitted { get; set; } = [];
}
