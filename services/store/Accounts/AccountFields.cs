using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Accounts;

/// <summary>Reads the fields of an account from a request body, and collects what is wrong with them.</summary>
/// <param name="outbound">Judges the CRM's address, by the same rules as when it is called.</param>
internal sealed class AccountFields(OutboundRules outbound)
{
    private const int LongestUsername = 100;
    private const int LongestToken = 4096;
    private const int LongestUrl = 2048;
    private const int ShortestSecret = 16;
    private const int LongestSecret = 256;
    private const int LongestKeepDays = 3650;

    private readonly List<(string Field, string Error)> _faults = [];

    public IReadOnlyList<(string Field, string Error)> Faults => _faults;

    public InstagramAccountId InstagramAccountId(string? text)
    {
        if (!Contracts.Ids.InstagramAccountId.TryParse(text, out var id)) Fault("instagram_account_id", "It has 1 to 20 digits.");
        return id;
    }

    public MessagingChannelId? MessagingChannelId(string? text)
    {
        if (text is null) return null;
        if (Contracts.Ids.MessagingChannelId.TryParse(text, out var id)) return id;
        Fault("messaging_channel_id", "It has 1 to 20 digits.");
        return null;
    }

    public string? PageId(string? text)
    {
        if (text is not null && (text.Length is 0 or > 20 || !text.All(char.IsAsciiDigit))) Fault("page_id", "It has 1 to 20 digits.");
        return text;
    }

    public LoginType LoginType(string? text)
    {
        if (text is null or "instagram") return Contracts.LoginType.Instagram;
        if (text != "facebook") Fault("login_type", "It is instagram or facebook.");
        return Contracts.LoginType.Facebook;
    }

    public string? Username(string? text, bool required)
    {
        if (text is null && !required) return null;
        var name = text?.Trim().TrimStart('@') ?? "";
        if (name.Length is 0 or > LongestUsername || name.Any(char.IsControl))
            Fault("username", $"It has 1 to {LongestUsername} characters.");
        return name;
    }

    /// <summary>Reads the token: printable ASCII, because it travels in a header.</summary>
    public string? AccessToken(string? text, bool required)
    {
        if (text is null && !required) return null;
        var token = text?.Trim() ?? "";
        if (!IsPrintable(token, 1, LongestToken)) Fault("access_token", $"It has 1 to {LongestToken} printable characters without spaces.");
        return token;
    }

    /// <summary>Reads the CRM's address. A name is looked up at each delivery, which then judges its addresses.</summary>
    public string? CrmWebhookUrl(string? text)
    {
        if (text is null) return null;
        if (text.Length > LongestUrl || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            Fault("crm_webhook_url", $"It is a URL of at most {LongestUrl} characters.");
        else if (outbound.Refusal(url) is { } refusal) Fault("crm_webhook_url", refusal);
        return text;
    }

    public string? WebhookSecret(string? text)
    {
        if (text is null) return null;
        var valid = text.StartsWith(Accounts.WebhookSecret.Prefix, StringComparison.Ordinal)
            ? Accounts.WebhookSecret.IsWellFormed(text)
            : IsPrintable(text, ShortestSecret, LongestSecret);
        if (!valid) Fault(
            "webhook_secret",
            $"It has {ShortestSecret} to {LongestSecret} printable characters without spaces, or is whsec_ and base64 of 24 to 64 bytes.");
        return text;
    }

    public (MediaMode? Mode, int? KeepDays) Media(MediaRequest? media)
    {
        MediaMode? mode = media?.Mode switch
        {
            "keep" => MediaMode.Keep,
            "proxy" => MediaMode.Proxy,
            "link" => MediaMode.Link,
            _ => null,
        };
        if (media?.Mode is not null && mode is null) Fault("media.mode", "It is keep, proxy or link.");
        if (media?.KeepDays is < 1 or > LongestKeepDays) Fault("media.keep_days", $"It is 1 to {LongestKeepDays}.");
        return (mode, media?.KeepDays);
    }

    public void Fault(string field, string error) => _faults.Add((field, error));

    private static bool IsPrintable(string text, int shortest, int longest) =>
        text.Length >= shortest && text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
