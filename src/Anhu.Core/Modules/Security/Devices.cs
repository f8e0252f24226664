namespace Anhu.Modules.Security;

/// <summary>Says in a few words what a browser says of itself. It is for people to recognise their own devices, not for decisions beyond the idle time.</summary>
public static class Devices
{
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("MicroMessenger", "WeChat"), ("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("HuaweiBrowser", "Huawei"), ("QQBrowser", "QQ"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary>The kind of device.</summary>
    /// <param name="userAgent">The header <c>User-Agent</c>; may be missing.</param>
    public static DeviceKind KindOf(string? userAgent)
    {
        var text = userAgent ?? "";
        bool Has(string sign) => text.Contains(sign, StringComparison.Ordinal);
        return Has("iPad") || Has("Tablet") || (Has("Android") && !Has("Mobile")) ? DeviceKind.Tablet
            : Has("iPhone") || Has("Mobile") || Has("Phone") ? DeviceKind.Phone
            : DeviceKind.Computer;
    }

    /// <summary>Browser and system, as far as they are known; empty when neither is.</summary>
    /// <param name="userAgent">The header <c>User-Agent</c>; may be missing.</param>
    public static string NameOf(string? userAgent)
    {
        static string? Find(string text, (string Sign, string Name)[] known) =>
            known.FirstOrDefault(k => text.Contains(k.Sign, StringComparison.Ordinal)).Name;

        var text = userAgent ?? "";
        return string.Join(" · ", new[] { Find(text, Browsers), Find(text, Systems) }.OfType<string>());
    }
}
