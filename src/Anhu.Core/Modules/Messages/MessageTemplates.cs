using Anhu.Common;
using YamlDotNet.RepresentationModel;

namespace Anhu.Modules.Messages;

/// <summary>A text that may be sent.</summary>
/// <param name="TemplateId">Id.</param>
/// <param name="Title">What it is, for the worker.</param>
/// <param name="Text">What the phone shows, in Chinese.</param>
/// <param name="AgencyAllowed">She agreed that an agency may be named.</param>
public sealed record MessageTemplate(string TemplateId, Bilingual Title, string Text, bool AgencyAllowed)
{
    /// <summary>How many messages the text costs.</summary>
    public int Segments => MessageText.Segments(Text);

    /// <summary>In which letters it travels.</summary>
    public MessageEncoding Encoding => MessageText.EncodingOf(Text);
}

/// <summary>In which letters a text travels.</summary>
public enum MessageEncoding
{
    /// <summary>The network's own alphabet (GSM 03.38), 7 bits a letter: 160 in one message, 153 in each of several.</summary>
    Gsm7,

    /// <summary>Any letters, 16 bits each: 70 in one message, 67 in each of several.</summary>
    Ucs2,
}

/// <summary>Counts texts as the network does.</summary>
public static class MessageText
{
    /// <summary>The longest text.</summary>
    public const int MaxLength = 500;

    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    /// <summary>Letters that take two places.</summary>
    private const string Extended = "^{}\\[~]|€\f";

    /// <summary>In which letters a text has to travel.</summary>
    /// <param name="text">The text.</param>
    public static MessageEncoding EncodingOf(string text) => text.All(c => Basic.Contains(c) || Extended.Contains(c)) ? MessageEncoding.Gsm7 : MessageEncoding.Ucs2;

    /// <summary>How many messages a text costs. A letter of two places is never cut in two.</summary>
    /// <param name="text">The text; a character beyond the basic plane counts twice.</param>
    public static int Segments(string text)
    {
        var (one, several) = EncodingOf(text) == MessageEncoding.Gsm7 ? (160, 153) : (70, 67);
        var isGsm = one == 160;
        if (Places(text, isGsm).Sum() <= one)
        {
            return 1;
        }

        var (segments, used) = (1, 0);
        foreach (var places in Places(text, isGsm))
        {
            if (used + places > several)
            {
                (segments, used) = (segments + 1, 0);
            }

            used += places;
        }

        return segments;
    }

    private static IEnumerable<int> Places(string text, bool isGsm) =>
        isGsm ? text.Select(c => Extended.Contains(c) ? 2 : 1) : text.EnumerateRunes().Select(r => r.Utf16SequenceLength);
}

/// <summary>The city's message templates, checked by a linter: neutral words only (victim-safety B4). Immutable.</summary>
public sealed class MessageTemplates
{
    private MessageTemplates(string version, IReadOnlyList<MessageTemplate> templates)
    {
        Version = version;
        Templates = templates;
    }

    /// <summary>Version of the document.</summary>
    public string Version { get; }

    /// <summary>The templates, in the document's order.</summary>
    public IReadOnlyList<MessageTemplate> Templates { get; }

    /// <summary>A template; null when there is none of that id.</summary>
    /// <param name="templateId">Id.</param>
    public MessageTemplate? Find(string? templateId) => Templates.FirstOrDefault(t => t.TemplateId == templateId);

    /// <summary>Reads the document of a folder.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RuleDocumentException">It is missing or a template breaks a rule.</exception>
    public static MessageTemplates Load(string path) => File.Exists(path)
        ? Parse(File.ReadAllText(path), Path.GetFileName(path), MessageLinter.Load(Path.Combine(Path.GetDirectoryName(path)!, "words.yaml")))
        : throw new RuleDocumentException(Path.GetFileName(path), [new RuleFault(1, new Bilingual($"找不到文件：{path}。", $"The file is missing: {path}."))]);

    /// <summary>Reads and checks the document.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="words">Words that no message may hold, besides the document's own.</param>
    /// <exception cref="RuleDocumentException">All that is wrong, with lines.</exception>
    public static MessageTemplates Parse(string yaml, string file, MessageLinter? words = null)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        if (root.Text("kind") != "message-templates")
        {
            root.Fault("kind", "kind 应当是 message-templates。", "kind must be message-templates.");
        }

        var version = root.Text("version", 40);
        root.Bilingual("title");
        var linter = (words ?? new MessageLinter()).With(Words(reader, root, "banned"), Words(reader, root, "agencies"));
        var templates = new List<MessageTemplate>();
        foreach (var node in root.List("templates"))
        {
            if (RuleMap.AsMap(reader, node, "templates") is not { } map)
            {
                continue;
            }

            var template = new MessageTemplate(map.Text("id", 40), map.Bilingual("title"), map.Text("text", MessageText.MaxLength), map.OptionalYesNo("agencyAllowed"));
            map.Done();
            if (templates.Exists(t => t.TemplateId == template.TemplateId))
            {
                map.Fault("id", $"“{template.TemplateId}”用了两次。", $"\"{template.TemplateId}\" is used twice.");
            }

            foreach (var fault in linter.Check(template.Text, template.AgencyAllowed).DistinctBy(f => f.En))
            {
                map.Fault("text", fault.Zh, fault.En);
            }

            templates.Add(template);
        }

        if (templates.Count == 0)
        {
            root.Fault("templates", "至少要有一个模板。", "There must be one template at least.");
        }

        root.Done();
        reader.ThrowIfFaulty();
        return new MessageTemplates(version, templates);
    }

    private static List<string> Words(RuleReader reader, RuleMap root, string key) =>
        [.. root.List(key).Select(n => n is YamlScalarNode ? RuleMap.AsText(reader, n, key, 20) : null).OfType<string>()];
}
