using Anhu.Common;

namespace Anhu.Web;

/// <summary>One sign-in that the sign-in page offers in a demo.</summary>
/// <param name="Name">Name and unit of the made-up worker.</param>
/// <param name="Role">What the worker does, in plain words.</param>
/// <param name="UserName">User name.</param>
/// <param name="Password">Password.</param>
public sealed record DemoSignIn(string Name, Bilingual Role, string UserName, string Password);

/// <summary>The sign-ins of a demo. Empty outside of one, and then the sign-in page shows none.</summary>
public sealed class DemoSignIns
{
    /// <summary>The sign-ins in the order in which they are shown; replaced as a whole.</summary>
    public IReadOnlyList<DemoSignIn> All { get; set; } = [];
}
