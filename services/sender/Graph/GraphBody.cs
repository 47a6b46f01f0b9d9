using System.Buffers.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Sender.Graph;

/// <summary>
/// What an answer's bytes say. It reads any bytes: a verdict must not depend on decoration, so what decides (<c>error.code</c>,
/// <c>message_id</c>) is read token by token and survives whatever else is wrong with the body: a byte order mark, half a character,
/// <c>NaN</c>, a missing end.
/// </summary>
/// <param name="MessageId">Meta's id of the message; null when there is none.</param>
/// <param name="Error">Meta's error; null when there is none with a code.</param>
internal sealed partial record GraphBody(InstagramMessageId? MessageId, GraphError? Error)
{
    private static readonly JsonReaderOptions Tolerant = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static GraphBody Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        var fields = new Fields();
        try
        {
            var reader = new Utf8JsonReader(bytes, Tolerant);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ReadRoot(ref reader, fields);
        }
        catch (JsonException)
        {
            // What stands before the fault was read; what stands behind it must be searched for. The subcode alone may decide.
            if (fields.Code is null || fields.Subcode is null) Search(bytes, fields);
        }

        return new GraphBody(
            fields.MessageId,
            fields.Code is { } code
                ? new GraphError(code, fields.Subcode, fields.IsTransient, fields.UserMessage, fields.FbTraceId)
                : null);
    }

    private static void ReadRoot(ref Utf8JsonReader reader, Fields fields)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isError, isId) = (reader.ValueTextEquals("error"u8), reader.ValueTextEquals("message_id"u8));
            reader.Read();
            if (isError && reader.TokenType == JsonTokenType.StartObject) ReadError(ref reader, fields);
            else if (isId && Text(ref reader) is { } text && InstagramMessageId.TryParse(text, out var id)) fields.MessageId = id;
            else reader.Skip();
        }
    }

    private static void ReadError(ref Utf8JsonReader reader, Fields fields)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            reader.Read();
            switch (name)
            {
                case "code": fields.Code = Number(ref reader); break;
                case "error_subcode": fields.Subcode = Number(ref reader); break;
                case "is_transient": fields.IsTransient = reader.TokenType == JsonTokenType.True || Text(ref reader) == "true"; break;
                case "error_user_msg": fields.UserMessage = GraphText.Cut(Text(ref reader), 300); break;
                case "fbtrace_id": fields.FbTraceId = GraphText.Cut(Text(ref reader), 100); break;
                default: break;
            }

            reader.Skip();
        }
    }

    private static string? Text(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? GraphText.Decode(reader.ValueSpan) : null;

    /// <summary>Reads a number, even one that is written as text or with a fraction of zero.</summary>
    private static int? Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) return null;
        return Utf8Parser.TryParse(reader.ValueSpan, out double number, out var length) && length == reader.ValueSpan.Length
            && number == Math.Truncate(number)
            && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
    }

    /// <summary>
    /// Searches bytes that are no JSON. It looks for the names as they can stand only outside of a text, where a quote has no backslash
    /// before it.
    /// </summary>
    private static void Search(ReadOnlySpan<byte> bytes, Fields fields)
    {
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        if (!ErrorMember().IsMatch(text))
        {
            if (fields.MessageId is null && MessageIdMember().Match(text) is { Success: true } found
                && InstagramMessageId.TryParse(found.Groups["value"].Value, out var id)) fields.MessageId =
                id;
            return;
        }

        fields.Code ??= Find(CodeMember(), text);
        fields.Subcode ??= Find(SubcodeMember(), text);
    }

    private static int? Find(Regex member, string text) =>
        member.Match(text) is { Success: true } found && int.TryParse(found.Groups["value"].Value, out var number) ? number : null;

    [GeneratedRegex(@"(?<!\\)""error""\s*:", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ErrorMember();

    [GeneratedRegex(
        @"(?<!\\)""code""\s*:\s*""?(?<value>-?[0-9]{1,10})\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeMember();

    [GeneratedRegex(
        @"(?<!\\)""error_subcode""\s*:\s*""?(?<value>-?[0-9]{1,10})\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex SubcodeMember();

    [GeneratedRegex(
        @"(?<!\\)""message_id""\s*:\s*""(?<value>[!#-\[\]-~]{1,512})""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex MessageIdMember();

    private sealed class Fields
    {
        public InstagramMessageId? MessageId { get; set; }

        public int? Code { get; set; }

        public int? Subcode { get; set; }

        public bool IsTransient { get; set; }

        public string? UserMessage { get; set; }

        public string? FbTraceId { get; set; }
    }
}
