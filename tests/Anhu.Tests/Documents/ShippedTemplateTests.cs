using Anhu.Modules;
using Anhu.Modules.Documents;
using Anhu.Modules.Documents.Pdf;
using Anhu.Modules.Documents.Word;
using Anhu.Testing;

namespace Anhu.Tests.Documents;

/// <summary>The templates that ship: they are what they are made of, pass their own check, and look in Word as in the PDF.</summary>
public sealed class ShippedTemplateTests
{
    /// <summary>Set to write the files anew.</summary>
    private const string Renew = "ANHU_RENEW_TEMPLATES";

    private static string Folder => Path.Combine(Repository.Root, "data", "documents");

    [Fact]
    public void Files_AreWhatTheyAreMadeOf()
    {
        foreach (var kind in DocumentKinds.All)
        {
            var made = ShippedTemplates.All[kind.Id];
            var path = Path.Combine(Folder, kind.Id + ".docx");
            if (Environment.GetEnvironmentVariable(Renew) is { Length: > 0 })
            {
                File.WriteAllBytes(path, made);
            }

            Assert.True(File.Exists(path), $"{path} is missing: run this test with {Renew}=1.");
            Assert.True(Parts(made).SequenceEqual(Parts(File.ReadAllBytes(path))), $"{kind.Id}.docx is not what ShippedTemplates makes: run this test with {Renew}=1.");
        }
    }

    [Fact]
    public void Files_PassTheCheck()
    {
        Assert.All(DocumentKinds.All, kind => Assert.Empty(DocumentPress.Check(ShippedTemplates.All[kind.Id], kind)));
    }

    [Fact]
    public void Documents_AreValidWordFiles()
    {
        using var fonts = new FontBook(new FontSettings());
        foreach (var kind in DocumentKinds.All)
        {
            using var word = DocumentFormat.OpenXml.Packaging.WordprocessingDocument.Open(new MemoryStream(Samples.Press(fonts, kind).Docx), false);

            Assert.Empty(new DocumentFormat.OpenXml.Validation.OpenXmlValidator(DocumentFormat.OpenXml.FileFormatVersions.Office2019).Validate(word, Ct).Select(e => $"{kind.Id}: {e.Path?.XPath} {e.Description}"));
        }
    }

    [Fact]
    public async Task Documents_LookInWordAsInThePdf()
    {
        // Once is enough, and slow.
        Assert.SkipWhen(Environment.GetEnvironmentVariable("ANHU_TEST_STORE") == "postgres", "Has nothing to do with the store.");
        Assert.SkipUnless(Tool("soffice") && Tool("pdftotext"), "Needs libreoffice-writer-nogui and poppler-utils.");
        using var fonts = new FontBook(new FontSettings());
        var folder = Environment.GetEnvironmentVariable("ANHU_TEST_SCREENSHOTS") is { Length: > 0 } kept ? Path.Combine(kept, "documents") : Directory.CreateTempSubdirectory("anhu-documents-").FullName;
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var kind in DocumentKinds.All)
            {
                var pressed = Samples.Press(fonts, kind);
                await File.WriteAllBytesAsync(Path.Combine(folder, kind.Id + "-ours.pdf"), pressed.Pdf, Ct);
                await File.WriteAllBytesAsync(Path.Combine(folder, kind.Id + ".docx"), pressed.Docx, Ct);
            }

            await RunAsync("soffice", ["--headless", $"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir", folder, .. DocumentKinds.All.Select(k => Path.Combine(folder, k.Id + ".docx"))]);
            foreach (var kind in DocumentKinds.All)
            {
                var ours = await TextAsync(Path.Combine(folder, kind.Id + "-ours.pdf"));
                var theirs = await TextAsync(Path.Combine(folder, kind.Id + ".pdf"));

                // The same pages with the same words; where lines end is each program's own.
                Assert.Equal(theirs.Count(c => c == '\f'), ours.Count(c => c == '\f'));
                Assert.Equal(Letters(theirs), Letters(ours));
                Assert.Contains("WS340104-2026-000012", ours, StringComparison.Ordinal);
            }
        }
        finally
        {
            if (folder.Contains("anhu-documents-", StringComparison.Ordinal))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static bool Tool(string name) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, name)));

    /// <summary>The letters of a text, sorted: cells are read in another order, and a stop that Word hangs over the edge is not read at all.</summary>
    private static string Letters(string text) => string.Concat(text.Normalize(System.Text.NormalizationForm.FormKC).Where(char.IsLetterOrDigit).Order());

    private static async Task<string> TextAsync(string pdf) => await RunAsync("pdftotext", ["-layout", pdf, "-"]);

    private static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(Ct);
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    private static IEnumerable<(string, string)> Parts(byte[] file)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(file));
        return [.. zip.Entries.Select(e => (e.FullName, new StreamReader(e.Open()).ReadToEnd()))];
    }
}

/// <summary>Values to fill templates with.</summary>
internal static class Samples
{
    public const string Address = "https://anhu.example/check/ABCDEFGHJKLMNPQRSTUV";

    public static DateTimeOffset At { get; } = new(2026, 3, 1, 1, 0, 0, TimeSpan.Zero);

    public static PressedDocument Press(FontBook fonts, DocumentKind kind, byte[]? template = null, DocumentValues? values = null)
    {
        var faults = new List<TemplateFault>();
        var pressed = new DocumentPress(fonts).Press(template ?? ShippedTemplates.All[kind.Id], kind, values ?? Of(kind), Address, $"{kind.Title} WS340104-2026-000012", At, faults);
        Assert.Empty(faults);
        return pressed!;
    }

    public static DocumentValues Of(DocumentKind kind)
    {
        var values = new DocumentValues();
        foreach (var field in kind.Fields)
        {
            if (field.Items is { } items)
            {
                values.With(field.Name, [.. Enumerable.Range(1, 3).Select(n => items.Aggregate(new DocumentValues(), (v, f) => v.With(f.Name, f.Name == "at" ? "2026年3月1日" : f.Name == "n" ? $"{n}" : f.Name == "hash" ? new string((char)('a' + n), 64) : $"电话回访第{n}次")))]);
            }
            else
            {
                values.With(field.Name, field.Name switch
                {
                    "number" => "WS340104-2026-000012",
                    "unit.name" => "合肥市公安局蜀山分局三里庵派出所",
                    "issued.date" => "2026年3月1日",
                    "victim.name" or "person.name" => "王小芳",
                    "victim.id" => "340199199001010021",
                    "victim.sex" => "女",
                    "victim.birth" => "1990年1月1日",
                    "other.name" => "李大强",
                    "relation" => "配偶",
                    "alarm.time" => "2026年2月27日20时15分",
                    "alarm.receipt" => "J3401042026022700123",
                    "alarm.district" => "安徽省合肥市蜀山区",
                    "check.code" => "ABCDE-FGHJK-LMNPQ-RSTUV",
                    "worker.name" => "张伟",
                    "case.number" => "DV340104-2026-000123",
                    "class" => "一级",
                    "unit.phone" => "0551-62800000",
                    "receiver.name" => "蜀山区妇女联合会",
                    "urgency" => "紧急（1日内）",
                    "due.date" => "2026年3月2日18时",
                    "needs" => "法律援助；心理疏导；人身安全保护令申请辅导",
                    "consent" => "受害人2026年3月1日当面同意",
                    "letter.number" => "合公（蜀）告诫字〔2026〕12号",
                    "abuser.name" => "李大强",
                    "abuser.sex" => "男",
                    "abuser.birth" => "1988年3月3日",
                    "abuser.id" => "34019919880303001X",
                    "abuser.address" => "合肥市蜀山区三里庵街道竹荫里社区18栋302室",
                    "abuser.job" => "某物流公司驾驶员",
                    "happened" => "2026年2月27日20时10分",
                    "decided.date" or "delivered.date" => "2026年2月28日",
                    "place" => "双方共同住所",
                    "facts" => "李大强因琐事与妻子王小芳争吵，用拳头击打其面部和肩部，致其左眼眶青紫，并扬言“再敢报警就弄死你”。",
                    "evidence" => "加害人陈述、受害人陈述、录音录像；现场照片四张",
                    "law" => "《中华人民共和国反家庭暴力法》第二条、第十六条、第十七条、第三十三条，《中华人民共和国治安管理处罚法》第七十三条第二款",
                    "prohibition" => "禁止你对家庭成员以殴打、捆绑、残害、限制人身自由以及经常性谩骂、恐吓等方式实施家庭暴力。",
                    "consequences" => "如再次实施家庭暴力或者拒不执行本告诫书，公安机关将依法给予治安管理处罚；构成犯罪的，依法追究刑事责任。",
                    "uses" => "本告诫书可以作为申请人身安全保护令、临时庇护、法律援助时的书面凭证。",
                    "list.number" => "WS340104-2026-000011",
                    "files.count" => "3",
                    "applicant.name" => "王小芳",
                    "applicant.sex" => "女",
                    "applicant.birth" => "1990年1月1日",
                    "applicant.id" => "340199199001010021",
                    "service.place" => "合肥市蜀山区妇女联合会转交",
                    "service.phone" => "12338",
                    "respondent.name" => "李大强",
                    "respondent.sex" => "男",
                    "respondent.birth" => "1988年3月3日",
                    "respondent.id" => "34019919880303001X",
                    "respondent.address" => "合肥市蜀山区三里庵街道竹荫里社区18栋302室",
                    "respondent.phone" => "13900000000",
                    "respondent.job" => "某物流公司驾驶员",
                    "covered" => "女儿李某，七岁",
                    "court" => "合肥市蜀山区人民法院",
                    "court.number" => "（2026）皖0104民保令12号",
                    "court.why" => "家庭暴力发生地",
                    "months" => "6",
                    "distance" => "二百米",
                    "places" => "申请人的工作单位",
                    "urgent" => "被申请人多次扬言“再敢报警就弄死你”。",
                    "evidence.holders" => "报警回执由申请人保存，诊疗记录在医院。",
                    "evidence.note" => "照片四张另行提交。",
                    "admits" or "signed" or "fingerprint" or "file.copy" => "是",
                    "opinion" => "事实清楚，证据充分，受害人不谅解，应当出具告诫书。",
                    "asked" => "请协助做好对被告诫人的法治教育和对受害人的关爱帮扶，并配合公安机关查访；发现再次实施家庭暴力的，立即报警。",
                    "read.time" => "2026年2月28日9时30分",
                    "victim.copy.time" => "2026年2月28日11时",
                    "read.place" => "三里庵派出所",
                    "victim.copy.way" => "单独当面",
                    "purpose" => "申请人身安全保护令",
                    "summary" => "报警人称当晚在家中被丈夫李大强殴打，用拳头击打面部和肩部，并扬言“再敢报警就弄死你”；在场有一名七岁儿童。报警人当时躲在卫生间内，要求民警到场。\n报警人另称，此前（2025年11月）也曾被打，当时没有报警。",
                    "handling" => "民警于20时31分到达现场，将双方分开询问，制止了正在发生的争吵。已告知其可以申请人身安全保护令、法律援助和庇护，并开具伤情鉴定委托书；对李大强口头批评教育，案件正在进一步办理。",
                    _ => "",
                });
            }
        }

        return values;
    }
}
