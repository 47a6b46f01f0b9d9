using System.Globalization;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Domain;

/// <summary>What an answer shows of the message that it answers, as that is now.</summary>
/// <param name="Id">The message.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Excerpt">How its text begins; null when it has none, or was taken back.</param>
internal sealed record Quoted(MessageId Id, MessageKind Kind, string? Excerpt)
{
    /// <summary>What a reader takes for one character counts as one.</summary>
    private const int MostCharacters = 100;

    public static Quoted Of(MessageId id, MessageKind kind, string? text) => new(id, kind, Begin(text));

    private static string? Begin(string? text)
    {
        if (text is null || text.Length <= MostCharacters) return text;
        var starts = StringInfo.ParseCombiningCharacters(text);
        return starts.Length <= MostCharacters ? text : text[..starts[MostCharacters]] + "…";
    }
}
