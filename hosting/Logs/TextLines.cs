using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Logs;

/// <summary>
/// Writes lines for people. What is behind a line (a stack trace) is indented, so that no text of somebody else's can begin a line and look
/// like one of ours.
/// </summary>
internal sealed class TextLines(Outage outage, TimeProvider clock) : LineFormatter(FormatName, outage, clock)
{
    public const string FormatName = "instamessenger-text";

    private const string Indent = "    ";

    protected override void Write(in LogLine line, TextWriter writer)
    {
        var text = new StringBuilder(256);
        text.Append(line.At.ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture)).Append(WordOf(line.Level)).Append(' ')
            .Append(line.Event ?? line.Category).Append(": ");
        Append(text, line.Message);
        var isOneLine = line.Error?.Contains('\n') == false;
        if (isOneLine) Append(text.Append(' '), line.Error!);
        if (line.Repeated > 0) text.Append(CultureInfo.InvariantCulture, $" (and {line.Repeated} more since the last time)");
        if (line.RequestId is not null) text.Append(" request_id=").Append(line.RequestId);
        if (line.TraceId is not null) text.Append(" trace_id=").Append(line.TraceId);
        writer.WriteLine(text);
        if (line.Error is null || isOneLine) return;

        foreach (var part in line.Error.Split('\n'))
        {
            text.Clear().Append(Indent);
            Append(text, part.TrimEnd('\r'));
            writer.WriteLine(text);
        }
    }

    private static void Append(StringBuilder line, string text)
    {
        foreach (var letter in text) line.Append(char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter);
    }

    private static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Critical => "CRIT",
        LogLevel.Error => "ERROR",
        LogLevel.Warning => "WARN",
        LogLevel.Information => "info",
        _ => "debug",
    };
}
