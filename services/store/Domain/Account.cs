using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Domain;

/// <summary>A linked Instagram account. Its token and secret are held encrypted, and leave this service only that way.</summary>
internal sealed class Account
{
    private Account()
    {
    }

    public AccountId Id { get; private set; }

    public InstagramAccountId InstagramAccountId { get; private set; }

    /// <summary>Null until a webhook or the client names it; it may differ from the Instagram account id.</summary>
    public MessagingChannelId? MessagingChannelId { get; private set; }

    public string Username { get; private set; } = "";

    public LoginType LoginType { get; private set; }

    /// <summary>The account's id for its Meta app alone; Meta's callbacks about the account name it.</summary>
    public string? AppScopedId { get; private set; }

    /// <summary>The linked Facebook Page; null with Instagram Login.</summary>
    public string? PageId { get; private set; }

    /// <summary>The Meta app by whose login it was connected; null when its token was pasted.</summary>
    public string? AppId { get; private set; }

    /// <summary>The name that Instagram shows.</summary>
    public string? Name { get; private set; }

    /// <summary>Meta's address of the picture, which dies in days.</summary>
    public string? PictureUrl { get; private set; }

    public string? ProtectedAccessToken { get; private set; }

    /// <summary>When the token ends; null when that is not known, or when it has no fixed end.</summary>
    public DateTimeOffset? TokenExpiresAt { get; private set; }

    public string? CrmWebhookUrl { get; private set; }

    public string? ProtectedWebhookSecret { get; private set; }

    /// <summary>
    /// Whether Meta has granted the app its Human Agent feature, so that people may answer for 7 days. On unless the owner says otherwise:
    /// an app without it is refused by Meta itself.
    /// </summary>
    public bool HumanAgent { get; private set; } = true;

    /// <summary>Whether customers see at Instagram that their messages were read here.</summary>
    public bool MarkSeen { get; private set; }

    /// <summary>Whether messages that were there before the account was linked are told as events, marked as history.</summary>
    public bool HistoryEvents { get; private set; }

    /// <summary>Grows with each change; the other services wait for the version that an event or command was written under.</summary>
    public long Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Set while the account is unlinked: nothing is sent, and its webhooks go to quarantine.</summary>
    public DateTimeOffset? UnlinkedAt { get; private set; }

    /// <summary>When everything of it was last erased (UTC): nothing that is older is taken in again.</summary>
    public DateTimeOffset? ErasedAt { get; private set; }

    /// <summary>Who connected it by Facebook's login, by the id that they have for its app; Meta's callbacks name it.</summary>
    public string? LoginUserId { get; private set; }

    /// <summary>What becomes of attachments that come from now on.</summary>
    public MediaMode MediaMode { get; private set; }

    /// <summary>How long those are kept, in days.</summary>
    public int MediaKeepDays { get; private set; } = 90;

    /// <summary>Whether webhooks name this account by that id.</summary>
    public bool Owns(string id) => Ids.Contains(id);

    /// <summary>All ids by which Meta may name it.</summary>
    public IEnumerable<string> Ids => new[] { InstagramAccountId.Value, MessagingChannelId?.Value, AppScopedId, PageId }.OfType<string>();

    public static Account Create(AccountId id, InstagramAccountId instagramAccount, DateTimeOffset now) =>
        new() { Id = id, InstagramAccountId = instagramAccount, CreatedAt = now, UpdatedAt = now };

    /// <summary>Links the account, or links it again with what the owner has now.</summary>
    public void Link(AccountLink link, DateTimeOffset now)
    {
        (Username, LoginType, ProtectedAccessToken, UnlinkedAt) = (link.Username, link.LoginType, link.ProtectedAccessToken, null);
        MessagingChannelId = link.MessagingChannelId ?? MessagingChannelId;
        (CrmWebhookUrl, ProtectedWebhookSecret) = (link.CrmWebhookUrl, link.ProtectedWebhookSecret);
        Changed(now);
    }

    /// <summary>Takes over what Meta says of it to its own token.</summary>
    public void Identify(AccountIdentity identity)
    {
        // An account that was once linked by the id of its app, which no webhook names.
        InstagramAccountId = identity.InstagramAccountId;
        (AppScopedId, PageId) = (identity.AppScopedId ?? AppScopedId, identity.PageId ?? PageId);
        (Name, PictureUrl) = (identity.Name, identity.PictureUrl);
        LoginUserId = identity.LoginUserId ?? LoginUserId;
    }

    /// <summary>Notes by which app its token came, and when it ends.</summary>
    public void Hold(string? appId, DateTimeOffset? tokenExpiresAt) => (AppId, TokenExpiresAt) = (appId, tokenExpiresAt);

    /// <summary>Changes the settings that are given.</summary>
    public void Configure(bool? humanAgent, bool? markSeen, bool? historyEvents = null) =>
        (HumanAgent, MarkSeen, HistoryEvents) = (humanAgent ?? HumanAgent, markSeen ?? MarkSeen, historyEvents ?? HistoryEvents);

    /// <summary>Decides what becomes of attachments that come from now on. Those that are there stay as they are.</summary>
    public void ChangeMedia(MediaMode mode, int keepDays) => (MediaMode, MediaKeepDays) = (mode, keepDays);

    /// <summary>Takes a refreshed token.</summary>
    public void RenewToken(string protectedToken, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        (ProtectedAccessToken, TokenExpiresAt) = (protectedToken, expiresAt);
        Changed(now);
    }

    /// <summary>Takes the channel id that a webhook named.</summary>
    public void BindChannel(MessagingChannelId channel, DateTimeOffset now)
    {
        MessagingChannelId = channel;
        UpdatedAt = now;
    }

    /// <summary>Gives up the id as the account's channel; another account may have it.</summary>
    public void ReleaseChannel(string id)
    {
        if (MessagingChannelId?.Value == id) MessagingChannelId = null;
    }

    public void Unlink(DateTimeOffset now)
    {
        (ProtectedAccessToken, TokenExpiresAt, CrmWebhookUrl, ProtectedWebhookSecret, UnlinkedAt) = (null, null, null, null, now);
        Changed(now);
    }

    /// <summary>
    /// Forgets what it was called. Its ids at Meta stay reserved, so that nobody else is given what is addressed to them.
    /// </summary>
    public void Erase(DateTimeOffset now)
    {
        (ErasedAt, Username, Name, PictureUrl, LoginUserId) = (now, "", null, null, null);
        (MessagingChannelId, AppScopedId, PageId) = (null, null, null);
    }

    private void Changed(DateTimeOffset now)
    {
        Version++;
        UpdatedAt = now;
    }
}

/// <summary>What an owner gives to link an account; a change of some of it is a link with the rest as it was.</summary>
internal sealed record AccountLink(
    string Username,
    LoginType LoginType,
    string? ProtectedAccessToken,
    MessagingChannelId? MessagingChannelId,
    string? CrmWebhookUrl,
    string? ProtectedWebhookSecret);

/// <summary>Who an account is, as Meta says it.</summary>
internal sealed record AccountIdentity(
    InstagramAccountId InstagramAccountId, string? AppScopedId, string? PageId, string? Name, string? PictureUrl)
{
    /// <summary>Who logged in, by the id that they have for the app; null when the token was pasted.</summary>
    public string? LoginUserId { get; init; }
}
