namespace Anhu.Modules.Clients;

/// <summary>Texts of the clients' page.</summary>
public sealed class ClientsText;
