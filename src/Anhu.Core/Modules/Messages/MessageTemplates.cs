using System.Text.RegularExpressions;
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
}

/// <summary>Counts texts as the network does.</summary>
public static class MessageText
{
    /// <summary>The longest text.</summary>
    public const int MaxLength = 500;

    /// <summary>How many messages a text costs in UCS-2: 70 characters in one, 67 in each of several.</summary>
    /// <param name="text">The text; a character beyond the basic plane counts twice.</param>
    public static int Segments(string text) => text.Length <= 70 ? 1 : (text.Length + 66) / 67;
}

/// <summary>The city's message templates, checked by a linter: neutral words only (victim-safety B4). Immutable.</summary>
public sealed partial class MessageTemplates
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
        ? Parse(File.ReadAllText(path), Path.GetFileName(path))
        : throw new RuleDocumentException(Path.GetFileName(path), [new RuleFault(1, new Bilingual($"找不到文件：{path}。", $"The file is missing: {path}."))]);

    /// <summary>Reads and checks the document.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="RuleDocumentException">All that is wrong, with lines.</exception>
    public static MessageTemplates Parse(string yaml, string file)
    {
        var reader = RuleReader.Open(yaml, file, out var root);
        if (root.Text("kind") != "message-templates")
        {
            root.Fault("kind", "kind 应当是 message-templates。", "kind must be message-templates.");
        }

        var version = root.Text("version", 40);
        root.Bilingual("title");
        var banned = Words(reader, root, "banned");
        var agencies = Words(reader, root, "agencies");
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

            foreach (var fault in Lint(template, banned, agencies))
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

    /// <summary>What a text must not hold: banned words, agencies where she did not agree, links, numbers that look like a case or a phone, blanks to fill in.</summary>
    private static IEnumerable<Bilingual> Lint(MessageTemplate template, IReadOnlyList<string> banned, IReadOnlyList<string> agencies)
    {
        foreach (var word in banned.Where(w => template.Text.Contains(w, StringComparison.OrdinalIgnoreCase)))
        {
            yield return new Bilingual($"不得出现“{word}”。", $"\"{word}\" must not appear.");
        }

        foreach (var agency in template.AgencyAllowed ? [] : agencies.Where(a => template.Text.Contains(a, StringComparison.OrdinalIgnoreCase)))
        {
            yield return new Bilingual($"不得写出单位“{agency}”；本人同意的模板请写 agencyAllowed: yes。", $"The agency \"{agency}\" must not be named, unless agencyAllowed: yes.");
        }

        if (Link().IsMatch(template.Text))
        {
            yield return new Bilingual("不得有网址。", "No links.");
        }

        if (CaseNumber().IsMatch(template.Text))
        {
            yield return new Bilingual("不得有案号、电话等较长的数字。", "No case numbers, phones or other long numbers.");
        }

        if (template.Text.AsSpan().ContainsAny("{}<>"))
        {
            yield return new Bilingual("不得有待填的空（姓名等不得写入短信）。", "No blanks to fill in: names do not belong in a message.");
        }
    }

    private static List<string> Words(RuleReader reader, RuleMap root, string key) =>
        [.. root.List(key).Select(n => n is YamlScalarNode ? RuleMap.AsText(reader, n, key, 20) : null).OfType<string>()];

    [GeneratedRegex(@"https?:|www\.|://|[A-Za-z0-9-]+\.(cn|com|net|org|gov|top|cc|me)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    [GeneratedRegex(@"DV\d|[0-9０-９]{5,}", RegexOptions.IgnoreCase)]
    private static partial Regex CaseNumber();
}
