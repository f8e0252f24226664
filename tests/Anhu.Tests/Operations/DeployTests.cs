using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Anhu.Testing;
using Anhu.Web;

namespace Anhu.Tests.Operations;

/// <summary>What <c>deploy/</c> ships fits the program.</summary>
public sealed partial class DeployTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_StartedAsAService_TellsThatItIsReadyAliveAndStopping()
    {
        await using var store = await TestStore.CreateAsync();
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        await using var program = await AnhuProcess.ServeAsync(
            store.Configuration, Ct, "env", $"NOTIFY_SOCKET={path}", $"WATCHDOG_USEC={TimeSpan.FromMilliseconds(300).TotalMicroseconds}");
        var said = await ReceiveUntilAsync(socket, "READY=1");
        said.AddRange(await ReceiveUntilAsync(socket, "WATCHDOG=1"));
        var exit = program.StopAsync(Ct);
        said.AddRange(await ReceiveUntilAsync(socket, "STOPPING=1"));

        Assert.Equal(["READY=1", "STOPPING=1"], said.Where(s => s != "WATCHDOG=1"));
        Assert.Equal(0, await exit);
    }

    /// <summary>A node that is stopped while it still starts ends as cleanly as any other: cut off, it would leave its lock and its callers behind.</summary>
    [Fact]
    public async Task Serve_AskedToStopAsSoonAsItListens_EndsCleanly()
    {
        await using var store = await TestStore.CreateAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var program = await AnhuProcess.ServeAsync(store.Configuration, Ct);

            Assert.Equal(0, await program.StopAsync(Ct));
        }
    }

    [Fact]
    public async Task Units_AreWhatSystemdUnderstands()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd is not installed");
        using var folder = new TestFolder();
        foreach (var unit in Directory.GetFiles(Repository.At("deploy", "systemd")).Where(f => Path.GetExtension(f) is ".service" or ".timer"))
        {
            // The program need not be installed here.
            var text = await File.ReadAllTextAsync(unit, Ct);
            await File.WriteAllTextAsync(Path.Combine(folder.Path, Path.GetFileName(unit)), text.Replace("=/opt/anhu/anhu", "=/bin/true", StringComparison.Ordinal), Ct);
        }

        using var verify = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", .. Directory.GetFiles(folder.Path)]) { RedirectStandardError = true })!;
        var said = await verify.StandardError.ReadToEndAsync(Ct);
        await verify.WaitForExitAsync(Ct);

        Assert.Equal(0, verify.ExitCode);
        Assert.DoesNotContain(folder.Path, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_ThatDeployNames_AreThoseOfTheProgram()
    {
        var named = Directory.GetFiles(Repository.At("deploy"), "*", SearchOption.AllDirectories)
            .SelectMany(file => Setting().Matches(File.ReadAllText(file)).Select(match => match.Value))
            .Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(IsKnown(name), name));
    }

    /// <summary>Short names, and <c>ANHU_Anhu__A__B</c> for what <see cref="AnhuSettings"/> has as <c>A.B</c>, lists with a number.</summary>
    private static bool IsKnown(string name)
    {
        if (name is "ANHU_DATA" or "ANHU_STORE" or "ANHU_TIMEZONE" or "ANHU_CONTENT" or "ANHU_URLS")
        {
            return true;
        }

        var parts = name.Split("__");
        var type = parts[0] == "ANHU_Anhu" ? typeof(AnhuSettings) : null;
        foreach (var part in parts[1..])
        {
            type = int.TryParse(part, out _) ? typeof(string) : type?.GetProperty(part)?.PropertyType;
        }

        return type is not null && parts.Length > 1;
    }

    private static async Task<List<string>> ReceiveUntilAsync(Socket socket, string last)
    {
        var said = new List<string>();
        var buffer = new byte[256];
        do
        {
            said.Add(Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Ct)));
        }
        while (said[^1] != last);
        return said;
    }

    [GeneratedRegex("ANHU_(?!DATABASE_PASSWORD)[A-Za-z_0-9]+")]
    private static partial Regex Setting();
}
