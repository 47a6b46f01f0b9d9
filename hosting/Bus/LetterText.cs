using System.Text;
using System.Text.Json;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Looks into dead letters, for who is to be erased.</summary>
public static class LetterText
{
    /// <summary>Whether a letter names one of these accounts and, when it is given, the contact.</summary>
    /// <param name="letter">The message as JSON; what it holds as bytes is looked into as well.</param>
    /// <param name="accounts">Ids of the account, ours and Meta's.</param>
    /// <param name="contact">The contact's id, or that of their thread; empty for everything of the account.</param>
    /// <returns>False for a letter of somebody else.</returns>
    public static bool Names(byte[] letter, IReadOnlyCollection<string> accounts, params string?[] contact)
    {
        ArgumentNullException.ThrowIfNull(letter);
        ArgumentNullException.ThrowIfNull(accounts);
        ArgumentNullException.ThrowIfNull(contact);
        var text = Of(letter);
        return accounts.Any(id => Holds(text, id))
            && (contact.Length == 0 || Array.Exists(contact, id => id is not null && Holds(text, id)));
    }

    /// <summary>Whether JSON holds an id as a text of its own.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="id">Without anything that JSON escapes.</param>
    /// <returns>False also for a longer id that holds it.</returns>
    public static bool Holds(ReadOnlySpan<byte> json, string id) => json.IndexOf(Encoding.UTF8.GetBytes($"\"{id}\"")) >= 0;

    private static bool Holds(string text, string id) => text.Contains($"\"{id}\"", StringComparison.Ordinal);

    private static string Of(byte[] letter)
    {
        var text = Encoding.UTF8.GetString(letter);
        try
        {
            using var json = JsonDocument.Parse(letter);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("body", out var body)
                && body.TryGetBytesFromBase64(out var bytes) ? text + Encoding.UTF8.GetString(bytes) : text;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return text;
        }
    }
}
