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

    public string? ProtectedAccessToken { get; private set; }

    public string? CrmWebhookUrl { get; private set; }

    public string? ProtectedWebhookSecret { get; private set; }

    /// <summary>
    /// Whether Meta has granted the app its Human Agent feature, so that people may answer for 7 days. On unless the owner says otherwise:
    /// an app without it is refused by Meta itself.
    /// </summary>
    public bool HumanAgent { get; private set; } = true;

    /// <summary>Whether customers see at Instagram that their messages were read here.</summary>
    public bool MarkSeen { get; private set; }

    /// <summary>Grows with each change; the other services wait for the version that an event or command was written under.</summary>
    public long Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Set while the account is unlinked: nothing is sent, and its webhooks go to quarantine.</summary>
    public DateTimeOffset? UnlinkedAt { get; private set; }

    /// <summary>What becomes of attachments that come from now on.</summary>
    public MediaMode MediaMode { get; private set; }

    /// <summary>How long those are kept, in days.</summary>
    public int MediaKeepDays { get; private set; } = 90;

    /// <summary>Whether webhooks name this account by that id.</summary>
    public bool Owns(string id) => id == InstagramAccountId.Value || id == MessagingChannelId?.Value;

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

    /// <summary>Changes the settings that are given.</summary>
    public void Configure(bool? humanAgent, bool? markSeen) =>
        (HumanAgent, MarkSeen) = (humanAgent ?? HumanAgent, markSeen ?? MarkSeen);

    /// <summary>Decides what becomes of attachments that come from now on. Those that are there stay as they are.</summary>
    public void ChangeMedia(MediaMode mode, int keepDays) => (MediaMode, MediaKeepDays) = (mode, keepDays);

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
        (ProtectedAccessToken, CrmWebhookUrl, ProtectedWebhookSecret, UnlinkedAt) = (null, null, null, now);
        Changed(now);
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
