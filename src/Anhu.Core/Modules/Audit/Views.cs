namespace Anhu.Modules.Audit;

/// <summary>What was looked at. Stable: old records rely on them.</summary>
public static class ViewTypes
{
    /// <summary>Prefix of all.</summary>
    public const string Prefix = "view.";

    /// <summary>A case file; data: <c>view</c> (how much of it), <c>leave</c>, <c>why</c>.</summary>
    public const string Case = "view.case";

    /// <summary>The timeline of a case, through the API.</summary>
    public const string CaseTimeline = "view.case-timeline";

    /// <summary>A case file was printed.</summary>
    public const string Print = "view.print";

    /// <summary>An alarm with its revisions.</summary>
    public const string Alarm = "view.alarm";

    /// <summary>One duty, with what it needs to know of its case.</summary>
    public const string Duty = "view.duty";

    /// <summary>The form of a return visit.</summary>
    public const string Visit = "view.visit";

    /// <summary>What was recorded at a scene.</summary>
    public const string Scene = "view.scene";

    /// <summary>Photos and files of a case; data: <c>files</c> (ids), <c>shown</c>: <c>list</c>, <c>picture</c> or <c>file</c>.</summary>
    public const string Evidence = "view.evidence";

    /// <summary>The card of a field task.</summary>
    public const string Task = "view.task";

    /// <summary>The form of a caring message.</summary>
    public const string Message = "view.message";

    /// <summary>A victim's safe contacts.</summary>
    public const string Contacts = "view.contacts";

    /// <summary>A measure, such as a warning letter.</summary>
    public const string Measure = "view.measure";

    /// <summary>A mandatory report.</summary>
    public const string Report = "view.report";

    /// <summary>The places of a case that are shielded.</summary>
    public const string Places = "view.places";

    /// <summary>The history of a person.</summary>
    public const string Person = "view.person";

    /// <summary>A file of a document, which left the platform; data: <c>number</c>, <c>format</c>.</summary>
    public const string Document = "view.document";

    /// <summary>A list; data: <c>list</c>, <c>shown</c>, the filter.</summary>
    public const string List = "view.list";

    /// <summary>A search for a person or a case; data: <c>list</c>, <c>shown</c>, <c>words</c> (sealed), <c>own</c> when the words are the worker's own particulars or family.</summary>
    public const string Search = "view.search";

    /// <summary>The live board was opened.</summary>
    public const string Board = "view.board";

    /// <summary>A live feed was opened.</summary>
    public const string Feed = "view.feed";

    /// <summary>Who looked at what was looked at.</summary>
    public const string Audit = "view.audit";

    /// <summary>What was asked for was not shown; data: <c>path</c>, <c>status</c>.</summary>
    public const string Refused = "view.refused";

    /// <summary>Those that open one case.</summary>
    public static IReadOnlyList<string> OfCases { get; } =
        [Case, CaseTimeline, Print, Alarm, Duty, Visit, Scene, Evidence, Task, Message, Contacts, Places, Measure, Document];
}

/// <summary>What one worker looked at on one day. Counted from the chain of views and made anew whenever that day grows.</summary>
public sealed class ViewDay
{
    /// <summary>The day, in the city's time zone.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The worker.</summary>
    public required Guid WorkerId { get; init; }

    /// <summary>The worker's unit when last seen that day.</summary>
    public Guid? UnitId { get; set; }

    /// <summary>Different cases opened.</summary>
    public int Cases { get; set; }

    /// <summary>Different cases opened between 22 and 6 o'clock.</summary>
    public int AtNight { get; set; }

    /// <summary>Different cases opened for a stated reason or in an emergency.</summary>
    public int ByLeave { get; set; }

    /// <summary>Searches.</summary>
    public int Searches { get; set; }

    /// <summary>Searches for the worker's own name, numbers or family.</summary>
    public int OwnSearches { get; set; }

    /// <summary>Different cases opened in the community where the worker or the family lives, without a duty of the unit on them.</summary>
    public int Neighbours { get; set; }

    /// <summary>Different cases of people with the worker's surname, without a duty of the unit on them.</summary>
    public int OfSurname { get; set; }

    /// <summary>How often the file opened most was opened, without a duty of the unit on it.</summary>
    public int Again { get; set; }

    /// <summary>Different cases opened after they were closed, without a duty of the unit on them.</summary>
    public int AfterClosing { get; set; }

    /// <summary>Searches after which nothing was opened before the next.</summary>
    public int SearchOnly { get; set; }

    /// <summary>Requests for what was not shown.</summary>
    public int Refused { get; set; }

    /// <summary>Case files printed.</summary>
    public int Prints { get; set; }
}

/// <summary>A part of the chain of views that was moved out of the store into a sealed file. The chain goes on after it.</summary>
public sealed class ViewArchive
{
    /// <summary>Sequence of its last view.</summary>
    public required long ToSequence { get; init; }

    /// <summary>Sequence of its first.</summary>
    public required long FromSequence { get; init; }

    /// <summary>Hash of its last view; the next one in the store names it.</summary>
    public required byte[] LastHash { get; init; }

    /// <summary>Name of the file.</summary>
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public required string FileHash { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset ArchivedAt { get; init; }
}
