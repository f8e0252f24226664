namespace Anhu.Hosting;

/// <summary>The store can't be reached, or is newer than the program. Ends the program with exit code 3.</summary>
/// <param name="message">What to tell the operator; no secrets.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
