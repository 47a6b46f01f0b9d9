using Refit;

namespace InstaMessenger.Sender.Graph;

/// <summary>
/// Meta's Send API and Conversations API, the same at both hosts. The answer is raw: what a status and a body mean together is decided in
/// <see cref="GraphAnswer"/>, because Meta also answers 200 with an error and an error after sending.
/// </summary>
internal interface IGraphApi
{
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="sender">The professional account id (Instagram login), or <c>me</c>: the Page of the token (Facebook login).</param>
    /// <param name="token">The access token; in the header, because URLs end in logs.</param>
    /// <param name="message">The body.</param>
    /// <param name="watch">Learns whether the body began to be written.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Post("/{version}/{sender}/messages")]
    Task<HttpResponseMessage> SendMessageAsync(
        string version,
        string sender,
        [Authorize("Bearer")] string token,
        [Body(buffered: true)] GraphMessage message,
        [Property(RequestWatch.Key)] RequestWatch watch,
        CancellationToken cancellationToken);

    /// <summary>Reads parts of what every customer sees before they write.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/{version}/me/messenger_profile?platform=instagram")]
    Task<HttpResponseMessage> ReadProfileAsync(
        string version, [Authorize("Bearer")] string token, string fields, CancellationToken cancellationToken);

    /// <summary>Writes parts of it; a part is replaced as a whole.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Post("/{version}/me/messenger_profile")]
    Task<HttpResponseMessage> WriteProfileAsync(
        string version,
        [Authorize("Bearer")] string token,
        [Body(buffered: true)] GraphProfile profile,
        CancellationToken cancellationToken);

    /// <summary>Removes parts of it.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="fields">Their names, as a JSON list.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Delete("/{version}/me/messenger_profile?platform=instagram")]
    Task<HttpResponseMessage> RemoveProfileAsync(
        string version, [Authorize("Bearer")] string token, string fields, CancellationToken cancellationToken);

    /// <summary>Reads who a person is.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="contact">The person's id, scoped to the account.</param>
    /// <param name="fields">What is wanted of it.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/{version}/{contact}")]
    Task<HttpResponseMessage> ReadPersonAsync(
        string version, string contact, [Authorize("Bearer")] string token, string fields, CancellationToken cancellationToken);

    /// <summary>Reads whose the token is.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="fields">What is wanted of it.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/{version}/me")]
    Task<HttpResponseMessage> ReadOwnerAsync(
        string version, [Authorize("Bearer")] string token, string fields, CancellationToken cancellationToken);

    /// <summary>
    /// Exchanges a long-lived Instagram token for one that lives 60 days more. The token goes in the query, the only documented way.
    /// </summary>
    /// <param name="token">The access token; at least a day old.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/refresh_access_token?grant_type=ig_refresh_token")]
    Task<HttpResponseMessage> RefreshTokenAsync([AliasAs("access_token")] string token, CancellationToken cancellationToken);

    /// <summary>Reads which webhook fields are subscribed, by app.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="who"><c>me</c>, or the Page (Facebook login).</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/{version}/{who}/subscribed_apps")]
    Task<HttpResponseMessage> ReadSubscriptionAsync(
        string version, string who, [Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>Subscribes the token's app to webhooks; what was subscribed before is replaced.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="who"><c>me</c>, or the Page (Facebook login).</param>
    /// <param name="fields">Their names, separated by commas.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Post("/{version}/{who}/subscribed_apps")]
    Task<HttpResponseMessage> SubscribeAsync(
        string version,
        string who,
        [Authorize("Bearer")] string token,
        [AliasAs("subscribed_fields")] string fields,
        CancellationToken cancellationToken);

    /// <summary>Ends the subscription of the token's app.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="who"><c>me</c>, or the Page (Facebook login).</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Delete("/{version}/{who}/subscribed_apps")]
    Task<HttpResponseMessage> UnsubscribeAsync(
        string version, string who, [Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>Reads one conversation of the account, whichever: whether messages may be read at all.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="who"><c>me</c>, or the Page (Facebook login).</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/{version}/{who}/conversations?platform=instagram&fields=id&limit=1")]
    Task<HttpResponseMessage> TryConversationsAsync(
        string version, string who, [Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>Reads the conversation with one person.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="contact">The person's id, scoped to the account.</param>
    /// <param name="fields">What is wanted of it.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/{version}/me/conversations?platform=instagram")]
    Task<HttpResponseMessage> ReadThreadAsync(
        string version,
        [Authorize("Bearer")] string token,
        [AliasAs("user_id")] string contact,
        string fields,
        CancellationToken cancellationToken);

    /// <summary>Lists the account's conversations, the one that was written in last first.</summary>
    /// <param name="version">Like <c>v26.0</c>.</param>
    /// <param name="limit">How many, at most.</param>
    /// <param name="after">Meta's cursor behind the page before; null for the first page.</param>
    /// <param name="fields">What is wanted of them.</param>
    /// <param name="cancellationToken">Gives up on the call.</param>
    [Get("/{version}/me/conversations?platform=instagram")]
    Task<HttpResponseMessage> ListThreadsAsync(
        string version,
        [Authorize("Bearer")] string token,
        int limit,
        string? after,
        string fields,
        CancellationToken cancellationToken);
}
