using System.Text.Json;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Events;

/// <summary>An event as taps write it.</summary>
internal static class ShownEvent
{
    /// <summary>
    /// Returns the body as a tap may write it. One that is not JSON on one line would break a page, and cut a stream's event in two. Such
    /// an event is shown by its columns, so that clients can go on behind it.
    /// </summary>
    public static byte[] Shown(this EventRow row) => IsOneLineOfJson(row.Body)
        ? row.Body
        : JsonSerializer.SerializeToUtf8Bytes(
            new EventView(row.Id, row.Sequence, row.Type, row.AccountId, row.ConversationId, row.OccurredAt, Data: null), ApiJson.Options);

    private static bool IsOneLineOfJson(ReadOnlySpan<byte> body)
    {
        if (body.ContainsAny((byte)'\n', (byte)'\r')) return false;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ApiJson.Options.MaxDepth });
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
