using System.Text.Json;

namespace InstaMessenger.Simulator.Crm;

/// <summary>The members of an event that are recorded, read without building a document.</summary>
internal readonly record struct EventHead(string? Id, string? Type, long? Sequence, string? AccountId)
{
    public static EventHead Read(ReadOnlySpan<byte> body)
    {
        string? id = null, type = null, account = null;
        long? sequence = null;
        try
        {
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return default;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("id"u8)) id = Text(ref json);
                else if (json.ValueTextEquals("type"u8)) type = Text(ref json);
                else if (json.ValueTextEquals("account_id"u8)) account = Text(ref json);
                else if (json.ValueTextEquals("sequence"u8)) sequence = Number(ref json);
                else json.Skip();
            }
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            // Not an event: recorded with what was read so far.
        }
        return new(id, type, sequence, account);
    }

    private static long? Number(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number) return json.GetInt64();
        json.Skip();
        return null;
    }

    private static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) return json.GetString();
        json.Skip();
        return null;
    }
}
