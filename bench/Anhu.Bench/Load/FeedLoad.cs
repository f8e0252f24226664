using System.CommandLine;
namespace Anhu.Bench.Load;
internal static class FeedLoad { public static Command Create() => new("feeds", ""); }
