namespace Anhu.Modules.Demo;

/// <summary>Demo and real data would meet in one store; nothing was changed.</summary>
/// <param name="message">What stands in the way and what to do.</param>
public sealed class DemoRefusedException(string message) : Exception(message);
