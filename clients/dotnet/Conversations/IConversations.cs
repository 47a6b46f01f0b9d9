using Refit;

namespace InstaMessenger.Client;

/// <summary>Threads with customers.</summary>
public interface IConversations
{
    /// <summary>Lists conversations, the one that changed last first.</summary>
    /// <param name="accountId">Those of this account; null for all that the key sees.</param>
    /// <param name="q">A part of the customer's name; null for everybody.</param>
    /// <param name="cursor"><see cref="Page{T}.NextCursor"/> of the page before; null for the first page.</param>
    /// <param name="limit">Conversations on a page: 1 to 200, 50 when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/conversations")]
    Task<Page<Conversation>> ListAsync(
        [AliasAs("account_id")] string? accountId = null,
        string? q = null,
        string? cursor = null,
        int? limit = null,
        CancellationToken cancellationToken = default);

    /// <summary>Shows a conversation.</summary>
    /// <param name="conversationId"><c>conv_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/conversations/{conversationId}")]
    Task<Conversation> GetAsync(string conversationId, CancellationToken cancellationToken = default);

    /// <summary>Lists the messages of a conversation, newest first.</summary>
    /// <param name="conversationId"><c>conv_…</c></param>
    /// <param name="cursor"><see cref="Page{T}.NextCursor"/> of the page before; null for the newest.</param>
    /// <param name="limit">Messages on a page: 1 to 200, 50 when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/conversations/{conversationId}/messages")]
    Task<Page<Message>> ListMessagesAsync(
        string conversationId, string? cursor = null, int? limit = null, CancellationToken cancellationToken = default);

    /// <summary>Says that somebody has read the conversation.</summary>
    /// <param name="conversationId"><c>conv_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/conversations/{conversationId}/read")]
    Task MarkReadAsync(string conversationId, CancellationToken cancellationToken = default);

    /// <summary>Shows the customer that somebody types, or does not any more.</summary>
    /// <param name="conversationId"><c>conv_…</c></param>
    /// <param name="typing">Whether somebody types.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/conversations/{conversationId}/typing")]
    Task ShowTypingAsync(string conversationId, [Body] Typing typing, CancellationToken cancellationToken = default);
}

/// <summary>Whether somebody types.</summary>
/// <param name="On">True shows it, false ends it.</param>
public sealed record Typing(bool On);
