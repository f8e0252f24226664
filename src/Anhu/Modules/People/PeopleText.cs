namespace Anhu.Modules.People;

/// <summary>Texts of the pages about who is who.</summary>
public sealed class PeopleText;
