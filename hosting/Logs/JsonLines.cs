using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstaMessenger.Hosting.Logs;

/// <summary>
/// Writes one JSON object a line, with the member names of .NET's own JSON console, which log stores know. That console writes an event's
/// number where this one writes its name.
/// </summary>
internal sealed class JsonLines(Outage outage, TimeProvider clock) : LineFormatter(FormatName, outage, clock)
{
    public const string FormatName = "instamessenger-json";

    /// <summary>Escapes only what JSON requires, because the lines are no part of a page.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected override void Write(in LogLine line, TextWriter writer)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("Timestamp", line.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("LogLevel", line.Level.ToString());
            if (line.Event is not null) json.WriteString("Event", line.Event);
            json.WriteString("Category", line.Category);
            json.WriteString("Message", line.Message);
            if (line.TraceId is not null) json.WriteString("TraceId", line.TraceId);
            if (line.RequestId is not null) json.WriteString("RequestId", line.RequestId);
            if (line.Error is not null) json.WriteString("Exception", line.Error);
            if (line.Repeated > 0) json.WriteNumber("Repeated", line.Repeated);
            if (line.Values.Count > 0) WriteValues(json, line.Values);
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        json.WriteStartObject("State");
        foreach (var (name, value) in values)
        {
            json.WritePropertyName(name);
            switch (value)
            {
                case null: json.WriteNullValue(); break;
                case bool flag: json.WriteBooleanValue(flag); break;
                case int or long or short or byte or uint: json.WriteNumberValue(
                    Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
                case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
                default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }

        json.WriteEndObject();
    }
}
