return await Anhu.Commands.CommandLine.RunAsync(args);

/// <summary>The program <c>anhu</c>.</summary>
public partial class Program;
