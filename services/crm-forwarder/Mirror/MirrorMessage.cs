using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>A message with what belongs to it.</summary>
/// <param name="Row">The message.</param>
/// <param name="Attachments">All that it has.</param>
/// <param name="Reactions">All that it has.</param>
internal sealed record MirrorMessage(MirrorRow Row, IReadOnlyList<MirrorRow> Attachments, IReadOnlyList<MirrorRow> Reactions)
{
    /// <summary>What is in <c>details</c> when a message has it.</summary>
    public static readonly IReadOnlyList<string> Details =
        ["story", "share", "postback", "quick_reply", "referral", "template", "edits", "sent_by", "metadata"];

    private static readonly JsonWriterOptions AsWritten = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1024, SkipValidation = true,
    };

    /// <summary>Reads a message as clients see it.</summary>
    /// <exception cref="Exception">It is none.</exception>
    public static MirrorMessage Of(JsonElement message, long sequence)
    {
        var (id, account) = (MirrorRows.Required(message, "id"), MirrorRows.Required(message, "account_id"));
        var (error, quoted) = (message.Get("error"), message.Get("reply_to"));
        var row = new MirrorRow(
            MirrorSchema.Messages,
            [
                id, account, MirrorRows.Required(message, "conversation_id"), message.Text("instagram_message_id", 512),
                MirrorRows.Required(message, "direction"), MirrorRows.Required(message, "kind"), message.Text("text"),
                message.Text("status", 100), message.Text("origin", 100), error?.Text("code", 100), error?.Text("message"),
                quoted?.Text("message_id", 64), quoted?.Text("excerpt"), DetailsOf(message), message.Flag("history"), When("sent_at"),
                When("received_at"), message.Time("schedule_at"), message.Time("read_at"), message.Time("edited_at"),
                message.Time("deleted_at"), sequence,
            ]);
        var attachments = Items("attachments").Select((file, position) => new MirrorRow(
            MirrorSchema.Attachments,
            [
                id, position, MirrorRows.Required(file, "id"), account, file.Text("media_type", 100) ?? "", file.Text("url"),
                file.Text("mime_type", 100), file.Number("size_bytes"), file.Number("width"), file.Number("height"),
                file.Text("state", 100) ?? "", sequence,
            ]));
        var reactions = Items("reactions").Select(reaction => ReactionOf(id, account, reaction, sequence)).DistinctBy(made => made.Key);
        return new MirrorMessage(row, [.. attachments], [.. reactions]);

        DateTime When(string name) => message.Time(name) ?? throw new FormatException(name);

        IEnumerable<JsonElement> Items(string name) => message.Get(name)?.EnumerateArray() ?? Enumerable.Empty<JsonElement>();
    }

    /// <summary>Reads a reaction as clients see it.</summary>
    public static MirrorRow ReactionOf(string message, string account, JsonElement reaction, long sequence) => new(
        MirrorSchema.Reactions,
        [
            message, MirrorRows.Required(reaction, "by"), account, reaction.Text("reaction", 255), reaction.Text("emoji", 255),
            reaction.Time("at") ?? throw new FormatException("at"), sequence,
        ]);

    private static string? DetailsOf(JsonElement message)
    {
        var present = Details.Select(name => (Name: name, Value: message.Get(name)))
            .Where(detail => detail.Value is { } value && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
            .ToList();
        if (present.Count == 0) return null;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, AsWritten))
        {
            json.WriteStartObject();
            foreach (var (name, value) in present)
            {
                json.WritePropertyName(name);
                value!.Value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
