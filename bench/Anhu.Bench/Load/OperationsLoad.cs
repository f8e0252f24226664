using System.CommandLine;
namespace Anhu.Bench.Load;
internal static class OperationsLoad { public static Command Create() => new("operations", ""); }
