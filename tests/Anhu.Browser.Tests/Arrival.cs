using Anhu.Testing;
using Microsoft.Playwright;

namespace Anhu.Browser.Tests;

/// <summary>Waiting for the page that a click leads to.</summary>
internal static class Arrival
{
    /// <summary>Waits until the window shows an address.</summary>
    /// <remarks>Asks for the address again and again: Playwright's own wait listens for the event of the navigation, and on a busy machine
    /// that comes now and then between its look at the address and its listening, and is lost.</remarks>
    /// <param name="page">The window.</param>
    /// <param name="there">Whether this is the address.</param>
    /// <exception cref="TimeoutException">It never came there; tells where it stayed.</exception>
    public static async Task ArriveAsync(this IPage page, Func<string, bool> there)
    {
        try
        {
            await Until.TrueAsync(() => there(page.Url));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The window stayed at {page.Url}.", exception);
        }
    }
}
