using System.CommandLine;
namespace Anhu.Bench.Load;
internal static class StartLoad { public static Command Create() => new("start", ""); }
