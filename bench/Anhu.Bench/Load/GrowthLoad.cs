using System.CommandLine;
namespace Anhu.Bench.Load;
internal static class GrowthLoad { public static Command Create() => new("growth", ""); }
