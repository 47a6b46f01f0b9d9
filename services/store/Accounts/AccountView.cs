using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// An account as clients see it: never its token, and its webhook secret only in the answer to the request that made the secret. The
/// channel id is null until a webhook or the client tells it. The picture's address is Meta's and dies in days.
/// </summary>
internal sealed record AccountView(
    AccountId Id,
    InstagramAccountId InstagramAccountId,
    MessagingChannelId? MessagingChannelId,
    string Username,
    string? Name,
    string? ProfilePictureUrl,
    LoginType LoginType,
    string? PageId,
    string? AppId,
    string? CrmWebhookUrl,
    bool HumanAgent,
    bool MarkSeen,
    bool HistoryEvents,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WebhookSecret,
    MediaView Media,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static AccountView Of(Account account, string? newSecret = null) => new(
        account.Id,
        account.InstagramAccountId,
        account.MessagingChannelId,
        account.Username,
        account.Name,
        account.PictureUrl,
        account.LoginType,
        account.PageId,
        account.AppId,
        account.CrmWebhookUrl,
        account.HumanAgent,
        account.MarkSeen,
        account.HistoryEvents,
        newSecret,
        new MediaView(account.MediaMode, account.MediaKeepDays),
        account.CreatedAt,
        account.UpdatedAt);

    /// <summary>Leaves the secret out, wherever the record is printed.</summary>
    public override string ToString() => Id.ToString();
}

/// <summary>What becomes of an account's attachments.</summary>
/// <param name="Mode"><c>keep</c>, <c>proxy</c> or <c>link</c>.</param>
/// <param name="KeepDays">How long they are kept in mode <c>keep</c>.</param>
internal sealed record MediaView(MediaMode Mode, int KeepDays);

/// <summary>
/// <c>data</c> of <c>account.connected</c> and <c>account.disconnected</c>. Without the CRM's address, which may hold a key of the CRM's.
/// </summary>
internal sealed record AccountEventData(ConnectedAccount Account)
{
    public static AccountEventData Of(Account account) =>
        new(new ConnectedAccount(account.Id, account.InstagramAccountId, account.MessagingChannelId, account.Username, account.LoginType));
}

/// <summary><c>data</c> of <c>account.health</c>.</summary>
internal sealed record AccountHealthData(ConnectedAccount Account, JsonElement Health);

/// <summary>An account as events name it.</summary>
internal sealed record ConnectedAccount(
    AccountId Id, InstagramAccountId InstagramAccountId, MessagingChannelId? MessagingChannelId, string Username, LoginType LoginType);
