using InstaMessenger.Client.Http;
using Refit;

namespace InstaMessenger.Client;

/// <summary>Sending, and what became of it.</summary>
public interface IMessages
{
    /// <summary>
    /// Sends a message. Waits up to five seconds for Instagram's answer, or as <paramref name="prefer"/> says; what is not settled then is
    /// <c>pending</c>, and events tell the rest.
    /// </summary>
    /// <param name="message">What to send, and to whom.</param>
    /// <param name="idempotencyKey">
    /// 1 to 255 printable characters of ASCII that name this message alone, like the id of what it answers. The same key with the same
    /// message within 24 hours is answered with what came of the first call; nothing is sent twice.
    /// </param>
    /// <param name="prefer"><c>wait=0</c> to <c>wait=30</c>, in seconds, or <c>respond-async</c>; null for <c>wait=5</c>.</param>
    /// <param name="cancellationToken">Gives up on the answer, not on the message.</param>
    /// <exception cref="ApiProblemException">It was refused, like 409 <c>window_closed</c>.</exception>
    [Post("/api/v1/messages/send")]
    Task<SendAnswer> SendAsync(
        [Body(buffered: true)] SendMessage message,
        [Header(RetryHandler.KeyHeader)] string idempotencyKey,
        [Header("Prefer")] string? prefer = null,
        CancellationToken cancellationToken = default);

    /// <summary>Tells what became of a message.</summary>
    /// <param name="messageId"><c>msg_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/messages/{messageId}")]
    Task<SendAnswer> GetAsync(string messageId, CancellationToken cancellationToken = default);

    /// <summary>Takes a message back that is certainly not with Instagram yet; else 409 <c>too_late</c>.</summary>
    /// <param name="messageId"><c>msg_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Delete("/api/v1/messages/{messageId}")]
    Task<SendAnswer> CancelAsync(string messageId, CancellationToken cancellationToken = default);

    /// <summary>Sends a failed message anew, where that can help.</summary>
    /// <param name="messageId"><c>msg_…</c></param>
    /// <param name="retry">Whether one whose outcome is not known may be sent although it may then be there twice.</param>
    /// <param name="cancellationToken">Gives up on the answer, not on the message.</param>
    [Post("/api/v1/messages/{messageId}/retry")]
    Task<SendAnswer> RetryAsync(string messageId, [Body] RetryMessage retry, CancellationToken cancellationToken = default);

    /// <summary>Reacts to a customer's message; an event tells what came of it.</summary>
    /// <param name="messageId"><c>msg_…</c></param>
    /// <param name="reaction"><c>love</c>: Instagram takes no other.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Post("/api/v1/messages/{messageId}/reaction")]
    Task ReactAsync(string messageId, [Body] NewReaction reaction, CancellationToken cancellationToken = default);

    /// <summary>Takes the reaction back.</summary>
    /// <param name="messageId"><c>msg_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Delete("/api/v1/messages/{messageId}/reaction")]
    Task UnreactAsync(string messageId, CancellationToken cancellationToken = default);
}

/// <summary>A wish to send anew.</summary>
/// <param name="EvenIfItMayDouble">Whether a message whose outcome is not known may be sent again.</param>
public sealed record RetryMessage(bool EvenIfItMayDouble = false);

/// <summary>A reaction to be made.</summary>
/// <param name="Reaction"><c>love</c></param>
public sealed record NewReaction(string Reaction = "love");
