using System.Globalization;
using Anhu.Modules.Alarms;
using Anhu.Modules.Alarms.Mapping;
using Anhu.Modules.Intake;
using CsvHelper;

namespace Anhu.Commands;

/// <summary>
/// The rows that a replay refused, with their reasons, for whoever corrects them: the file's own columns, then line and
/// reason. The file comes into being with the first refused row, readable for its owner only, since it holds what the
/// rows hold. A cell that a spreadsheet would run as a formula is written as text.
/// </summary>
/// <param name="path">Where.</param>
/// <param name="columns">The file's columns.</param>
internal sealed class RefusedRows(string path, IReadOnlyList<string> columns) : IDisposable
{
    private CsvWriter? csv;

    /// <summary>Why the file could not be written, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>The file, or null when no row was refused.</summary>
    public string? Written => csv is null ? null : path;

    /// <summary>Removes what an earlier replay left, so that the file always speaks of the last one.</summary>
    public void Clear()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = e.Message;
        }
    }

    public void Add(RefusedRow refused)
    {
        if (Problem is not null || !Open())
        {
            return;
        }

        var cells = refused.Row.Cells;
        for (var i = 0; i < columns.Count; i++)
        {
            csv!.WriteField(i < cells.Count ? cells[i] : "");
        }

        csv!.WriteField(refused.Row.Line.ToString(CultureInfo.InvariantCulture));
        csv.WriteField(Reason(refused));
        csv.EndRecord();
    }

    public void Dispose() => csv?.Dispose();

    /// <summary>Why a row was refused, in Chinese on a Chinese system, else in English.</summary>
    public static string Reason(RefusedRow refused)
    {
        var chinese = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh";
        if (refused.StoredRevision is { } stored)
        {
            return chinese ? $"与已存的第 {stored} 版内容不一致或版本较低，未作更改。" : $"Contradicts the stored revision {stored}, or is lower; nothing was changed.";
        }

        if (refused.NotStored)
        {
            return chinese ? "暂时无法保存，请重新导入。" : "It could not be stored now; replay it again.";
        }

        var culture = CultureInfo.GetCultureInfo(chinese ? "zh-CN" : "en");
        return string.Join(" ", refused.Row.Errors!.All.Select(e => (e.Key == FieldErrors.Document ? "" : e.Key + ": ") + string.Join(" ", e.Value.Select(error => error.Text(culture)))));
    }

    private bool Open()
    {
        if (csv is not null)
        {
            return true;
        }

        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            // With a byte order mark: spreadsheets would take the Chinese for another encoding without it.
            csv = CsvWriter.Create(
                new FileStream(path, options),
                CsvWriterOptions.Default with { Injection = CsvInjection.Escape, InjectionCharacters = "=@+-\t\r", WriteByteOrderMark = true, ValidateFieldCount = false });
            foreach (var column in columns.Append("line").Append("reason"))
            {
                csv.WriteField(column);
            }

            csv.EndRecord();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = e.Message;
            return false;
        }
    }
}
