using System.Buffers.Text;
using System.Globalization;
using System.Text;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Conversations;

/// <summary>
/// The last item of a page, by what the list is ordered by: a time, and what breaks its ties. Clients hold it as an opaque word.
/// </summary>
/// <param name="Time">The item's time.</param>
/// <param name="Tie">The item's id or sequence.</param>
internal sealed record PageCursor(DateTimeOffset Time, string Tie)
{
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Time.ToUnixTimeMilliseconds()}.{Tie}")));

    /// <summary>Reads a cursor of the conversation list.</summary>
    /// <returns>Whether it is one; null is: the first page.</returns>
    public static bool TryReadConversation(string? text, out PageCursor? cursor) =>
        TryRead(text, out cursor) && (cursor is null || ConversationId.TryParse(cursor.Tie, out _));

    /// <summary>Reads a cursor of a thread.</summary>
    /// <returns>Whether it is one; null is: the first page.</returns>
    public static bool TryReadMessage(string? text, out PageCursor? cursor, out long sequence)
    {
        sequence = 0;
        return TryRead(text, out cursor) && (cursor is null || long.TryParse(cursor.Tie, NumberStyles.None, CultureInfo.InvariantCulture, out sequence));
    }

    private static bool TryRead(string? text, out PageCursor? cursor)
    {
        cursor = null;
        if (text is null) return true;
        if (text.Length > 200 || !Base64Url.IsValid(text)) return false;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.', 2);
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)) return false;
        if (milliseconds is < 0 or > 253_402_300_799_999) return false;
        cursor = new PageCursor(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), parts[1]);
        return true;
    }
}
