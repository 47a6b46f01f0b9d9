using System.Text.Json.Nodes;

namespace InstaMessenger.Simulator.Meta.Webhooks;

public static partial class MetaPayloads
{
    /// <summary>The customer reacts to a message.</summary>
    /// <param name="account">The professional account id.</param>
    /// <param name="customer">The IGSID.</param>
    /// <param name="mid">The message reacted to.</param>
    /// <param name="reaction"><c>love</c>, <c>like</c>, <c>laugh</c>, <c>wow</c>, <c>sad</c>, <c>angry</c> or <c>other</c>.</param>
    /// <param name="emoji">Real characters, or Meta's literal <c>\u{2764}\u{FE0F}</c>.</param>
    /// <param name="at">When.</param>
    public static JsonObject React(string account, string customer, string mid, string reaction, string emoji, DateTimeOffset at) =>
        Item(customer, account, at, "reaction", new()
        {
            ["mid"] = mid,
            ["action"] = "react",
            ["reaction"] = reaction,
            ["emoji"] = emoji,
        });

    /// <summary>The customer takes a reaction back.</summary>
    public static JsonObject Unreact(string account, string customer, string mid, DateTimeOffset at) =>
        Item(customer, account, at, "reaction", new() { ["mid"] = mid, ["action"] = "unreact" });

    /// <summary>The customer has read everything up to a message.</summary>
    public static JsonObject Read(string account, string customer, string mid, DateTimeOffset at) =>
        Item(customer, account, at, "read", new() { ["mid"] = mid });

    /// <summary>Messenger's form: the customer has read everything up to a moment.</summary>
    public static JsonObject ReadUpTo(string account, string customer, DateTimeOffset watermark, DateTimeOffset at) =>
        Item(customer, account, at, "read", new() { ["watermark"] = watermark.ToUnixTimeMilliseconds() });

    /// <summary>A tapped button, ice breaker or menu item; very old payloads have no mid.</summary>
    public static JsonObject Postback(string account, string customer, string? mid, string title, string payload, DateTimeOffset at)
    {
        JsonObject postback = mid is null ? [] : new() { ["mid"] = mid };
        postback["title"] = title;
        postback["payload"] = payload;
        return Item(customer, account, at, "postback", postback);
    }

    /// <summary>An edited message. <c>numEdit</c> 0 without a text is what Meta sends, wrongly, for some new messages.</summary>
    public static JsonObject Edit(string account, string customer, string mid, string? text, int numEdit, DateTimeOffset at)
    {
        JsonObject edit = new() { ["mid"] = mid };
        if (text is not null) edit["text"] = text;
        edit["num_edit"] = numEdit;
        return Item(customer, account, at, "message_edit", edit);
    }

    /// <summary>The stray <c>message_edit</c> that names nobody.</summary>
    public static JsonObject EditWithoutSender(string mid, DateTimeOffset at) => new()
    {
        ["timestamp"] = at.ToUnixTimeMilliseconds(),
        ["message_edit"] = new JsonObject { ["mid"] = mid, ["num_edit"] = 0 },
    };

    /// <summary>An existing conversation opened again by an ig.me link.</summary>
    public static JsonObject Referral(string account, string customer, string reference, string source, DateTimeOffset at) =>
        Item(customer, account, at, "referral", new() { ["ref"] = reference, ["source"] = source, ["type"] = "OPEN_THREAD" });

    /// <summary>An opt-in; Instagram's shape is undocumented, this is Messenger's.</summary>
    public static JsonObject Optin(string account, string customer, string reference, DateTimeOffset at) =>
        Item(customer, account, at, "optin", new() { ["type"] = "notification_messages", ["ref"] = reference });

    /// <summary>Conversation routing gave the thread to another app.</summary>
    public static JsonObject PassThreadControl(string account, string customer, string newOwnerAppId, DateTimeOffset at) =>
        Item(customer, account, at, "pass_thread_control", new() { ["new_owner_app_id"] = newOwnerAppId, ["metadata"] = "routed" });

    /// <summary>Any messaging item, also of a kind that nobody knows.</summary>
    public static JsonObject Item(string sender, string recipient, DateTimeOffset at, string kind, JsonObject content) => new()
    {
        ["sender"] = new JsonObject { ["id"] = sender },
        ["recipient"] = new JsonObject { ["id"] = recipient },
        ["timestamp"] = at.ToUnixTimeMilliseconds(),
        [kind] = content,
    };
}
