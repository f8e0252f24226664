namespace Anhu.Modules.Account;

/// <summary>Where to go after signing in or changing the language.</summary>
public static class ReturnUrls
{
    /// <summary>The address when it is a page of this site, else the home page: nobody is sent elsewhere by a prepared link.</summary>
    /// <param name="address">Path and query as they came with the request.</param>
    public static string Local(string? address) =>
        address is ['/', ..] && (address.Length == 1 || address[1] is not ('/' or '\\')) && !address.Any(c => c is '\\' || char.IsControl(c)) ? address : "/";
}
