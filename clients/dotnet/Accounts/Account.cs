namespace InstaMessenger.Client;

/// <summary>A linked Instagram account.</summary>
/// <param name="Id"><c>acc_…</c></param>
/// <param name="InstagramAccountId">Meta's id.</param>
/// <param name="MessagingChannelId">The id that webhooks carry; null until one has told it.</param>
/// <param name="Username">Its name at Instagram.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="ProfilePictureUrl">Meta's address of its picture, which dies in days.</param>
/// <param name="LoginType"><c>instagram</c> or <c>facebook</c>.</param>
/// <param name="PageId">Its Facebook Page, when it is connected by one.</param>
/// <param name="AppId">The Meta app by which it is connected.</param>
/// <param name="CrmWebhookUrl">An address that gets its events; see <see cref="IWebhookEndpoints"/> for others.</param>
/// <param name="HumanAgent">Whether what people write may go out between 24 hours and 7 days.</param>
/// <param name="MarkSeen">Whether a customer is shown that the thread was read.</param>
/// <param name="HistoryEvents">Whether imported messages have events.</param>
/// <param name="Media">What becomes of attachments.</param>
/// <param name="CreatedAt">When it was linked (UTC).</param>
/// <param name="UpdatedAt">When it was changed last (UTC).</param>
public sealed record Account(
    string Id,
    string InstagramAccountId,
    string? MessagingChannelId,
    string Username,
    string? Name,
    string? ProfilePictureUrl,
    string LoginType,
    string? PageId,
    string? AppId,
    string? CrmWebhookUrl,
    bool HumanAgent,
    bool MarkSeen,
    bool HistoryEvents,
    AccountMedia Media,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>What becomes of an account's attachments.</summary>
/// <param name="Mode"><c>keep</c>, <c>proxy</c> or <c>link</c>.</param>
/// <param name="KeepDays">How long they are kept in mode <c>keep</c>.</param>
public sealed record AccountMedia(string Mode, int KeepDays);

/// <summary>An account as events name it.</summary>
/// <param name="Id"><c>acc_…</c></param>
/// <param name="InstagramAccountId">Meta's id.</param>
/// <param name="MessagingChannelId">The id that webhooks carry; null until one has told it.</param>
/// <param name="Username">Its name at Instagram.</param>
/// <param name="LoginType"><c>instagram</c> or <c>facebook</c>.</param>
public sealed record ConnectedAccount(string Id, string InstagramAccountId, string? MessagingChannelId, string Username, string LoginType);
