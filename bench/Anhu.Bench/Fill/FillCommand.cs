using System.CommandLine;
namespace Anhu.Bench.Fill;
internal static class FillCommand { public static Command Create() => new("fill", ""); }
