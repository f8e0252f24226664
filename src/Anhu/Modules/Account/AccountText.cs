namespace Anhu.Modules.Account;

/// <summary>Names the texts of sign-in and profile.</summary>
public sealed class AccountText;
