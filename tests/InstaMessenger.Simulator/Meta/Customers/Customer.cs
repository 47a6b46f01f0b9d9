using System.Globalization;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Simulator.Meta.Customers;

/// <summary>
/// A person as one account knows them. Each action changes the thread and posts the webhook;
/// it returns after the first attempt.
/// </summary>
public sealed class Customer
{
    private readonly CustomerBook _book;
    private readonly Lock _gate = new();
    private readonly List<ChatMessage> _thread = [];
    private readonly List<string> _signs = [];
    private long _lastWroteAt;

    internal Customer(CustomerBook book, string account, string igsid, string? username, string? name)
    {
        _book = book;
        Account = account;
        Igsid = igsid;
        Username = username ?? $"user_{igsid}";
        Name = name ?? $"Customer {igsid}";
        // People differ; each is the same at every start.
        var seed = int.Parse(igsid[^1..], CultureInfo.InvariantCulture) + igsid.Length;
        (Followers, FollowsBusiness, FollowedByBusiness, IsVerified) = (seed * seed * 37, seed % 3 != 0, seed % 4 == 0, seed % 5 == 0);
    }

    /// <summary>The professional account id.</summary>
    public string Account { get; }

    /// <summary>The customer's id, scoped to the account.</summary>
    public string Igsid { get; }

    /// <summary>Shown in the profile.</summary>
    public string Username { get; set; }

    /// <summary>Shown in the profile.</summary>
    public string Name { get; set; }

    /// <summary>How many follow them; shown in the profile like the next three.</summary>
    public long Followers { get; set; }

    /// <summary>Whether they follow the account.</summary>
    public bool FollowsBusiness { get; set; }

    /// <summary>Whether the account follows them.</summary>
    public bool FollowedByBusiness { get; set; }

    /// <summary>Whether Instagram shows them as verified.</summary>
    public bool IsVerified { get; set; }

    /// <summary>What Meta answers when it is asked who they are.</summary>
    public ProfileAccess Profile { get; set; }

    /// <summary>When the customer last wrote or tapped; the response window counts from here. Null: never.</summary>
    public DateTimeOffset? LastWroteAt =>
        Interlocked.Read(ref _lastWroteAt) is var at and > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>The newest bubbles of both sides, oldest first; at most 500.</summary>
    public IReadOnlyList<ChatMessage> Messages
    {
        get
        {
            lock (_gate) return [.. _thread];
        }
    }

    /// <summary>Writes a text; returns its mid.</summary>
    public Task<string> SayAsync(string text) =>
        WriteAsync(text, null, null, (mid, at) => MetaPayloads.Text(Account, Igsid, mid, text, at));

    /// <summary>Sends an attachment of any type; returns its mid.</summary>
    public Task<string> ShowAsync(string type, string? url) =>
        WriteAsync(null, type, url, (mid, at) => MetaPayloads.Attachment(Account, Igsid, mid, type, url, at));

    /// <summary>Answers a message; returns the answer's mid.</summary>
    public Task<string> ReplyAsync(string mid, string text) =>
        WriteAsync(text, null, null, (own, at) => MetaPayloads.Reply(Account, Igsid, own, text, mid, at));

    /// <summary>Answers a story of the account; returns the answer's mid.</summary>
    public Task<string> ReplyToStoryAsync(string text, string storyUrl) =>
        WriteAsync(text, null, null, (mid, at) => MetaPayloads.StoryReply(Account, Igsid, mid, text, "17900000000000001", storyUrl, at));

    /// <summary>Taps a button or menu item, which opens the window like a message; returns its mid.</summary>
    public Task<string> TapAsync(string title, string payload) =>
        WriteAsync(title, null, null, (mid, at) => MetaPayloads.Postback(Account, Igsid, mid, title, payload, at));

    /// <summary>Comments on a post, which opens no window; returns the comment's id.</summary>
    /// <param name="text">The comment.</param>
    /// <param name="at">When; null for now.</param>
    public Task<string> CommentAsync(string text, DateTimeOffset? at = null) => _book.CommentAsync(this, text, at ?? _book.Now);

    /// <summary>Reacts to a message; null takes the reaction back.</summary>
    public Task<WebhookAttempt> ReactAsync(string mid, string? reaction, string emoji = "❤️")
    {
        Change(mid, message => message with { Reaction = reaction is null ? null : emoji });
        return _book.PostAsync(Account, at => reaction is null
            ? MetaPayloads.Unreact(Account, Igsid, mid, at)
            : MetaPayloads.React(Account, Igsid, mid, reaction, emoji, at));
    }

    /// <summary>Takes a message back.</summary>
    public Task<WebhookAttempt> UnsendAsync(string mid)
    {
        Change(mid, Emptied);
        return _book.PostAsync(Account, at => MetaPayloads.Unsend(Account, Igsid, mid, at));
    }

    /// <summary>The business takes a message of its own back, in the Instagram app.</summary>
    public Task<WebhookAttempt> UnsendInAppAsync(string mid)
    {
        Change(mid, Emptied);
        return _book.PostAsync(Account, at => MetaPayloads.EchoUnsend(Account, Igsid, mid, at));
    }

    /// <summary>Edits a message.</summary>
    public Task<WebhookAttempt> EditAsync(string mid, string text)
    {
        var edits = Change(mid, message => message with { Text = text, Edits = message.Edits + 1 })?.Edits ?? 1;
        return _book.PostAsync(Account, at => MetaPayloads.Edit(Account, Igsid, mid, text, edits, at));
    }

    /// <summary>Reads everything up to a message; null is the newest one of the business.</summary>
    public Task<WebhookAttempt> ReadAsync(string? mid = null)
    {
        mid ??= Messages.LastOrDefault(message => !message.FromCustomer)?.Mid
            ?? throw new InvalidOperationException("There is nothing to read yet.");
        return _book.PostAsync(Account, at => MetaPayloads.Read(Account, Igsid, mid, at));
    }

    /// <summary>Does any of the things that Meta posts; what it happens to is the newest message, or one that is written for it.</summary>
    /// <param name="what">One of <see cref="MetaEvent.All"/>.</param>
    /// <param name="form">How the webhook holds it, where that may be chosen.</param>
    /// <param name="media">Where pictures and other files lie, with a slash at its end.</param>
    public async Task PlayAsync(MetaEvent what, EntryForm form, string media)
    {
        ArgumentNullException.ThrowIfNull(what);
        var byBusiness = what.Of == MetaEventOf.BusinessMessage;
        var target = Messages.LastOrDefault(message => message.FromCustomer != byBusiness && !message.Unsent)?.Mid;
        if (target is null && byBusiness) target = await HearFromAppAsync("Hello!");
        else if (target is null && what.Of == MetaEventOf.CustomersMessage) target = await SayAsync("Hello!");
        var message = new ChatMessage(_book.NewMid(), what.Of == MetaEventOf.Customer, null, what.Name, null, _book.Now);
        if (message.FromCustomer) Interlocked.Exchange(ref _lastWroteAt, message.At.ToUnixTimeMilliseconds());
        if (what.Of is MetaEventOf.Customer or MetaEventOf.Business) Append(message);
        if (what.Name.StartsWith("unsend", StringComparison.Ordinal)) Change(target!, Emptied);
        await _book.PlayAsync(what, form, new MetaScene(Account, Igsid, message.Mid, target ?? message.Mid, media, message.At));
    }

    /// <summary>The business answers in the Instagram app: an echo without any API call. Returns its mid.</summary>
    public async Task<string> HearFromAppAsync(string text)
    {
        var message = new ChatMessage(_book.NewMid(), FromCustomer: false, text, null, null, _book.Now);
        Append(message);
        await _book.PostAsync(Account, at => MetaPayloads.Echo(Account, Igsid, message.Mid, text, at));
        return message.Mid;
    }

    /// <summary>
    /// Puts a message into the thread for which no webhook is posted: it was there before, or Meta withholds it. Returns its mid.
    /// </summary>
    /// <param name="text">What it says.</param>
    /// <param name="at">When it was sent; null for now.</param>
    /// <param name="byBusiness">Whether the business wrote it.</param>
    public string WroteUnseen(string text, DateTimeOffset? at = null, bool byBusiness = false)
    {
        var message = new ChatMessage(_book.NewMid(), !byBusiness, text, null, null, at ?? _book.Now);
        if (!byBusiness) Interlocked.Exchange(ref _lastWroteAt, message.At.ToUnixTimeMilliseconds());
        Append(message);
        return message.Mid;
    }

    /// <summary>Moves the customer's last message in time, to open or close the response window.</summary>
    public void PretendWroteAt(DateTimeOffset at) => Interlocked.Exchange(ref _lastWroteAt, at.ToUnixTimeMilliseconds());

    /// <summary>The signs that the business has shown, like <c>typing_on</c>, oldest first.</summary>
    public IReadOnlyList<string> Signs
    {
        get
        {
            lock (_gate) return [.. _signs];
        }
    }

    internal void Note(string sign)
    {
        lock (_gate) _signs.Add(sign);
    }

    internal void Append(ChatMessage message)
    {
        lock (_gate)
        {
            _thread.Add(message);
            if (_thread.Count > 500) _thread.RemoveAt(0);
        }
        _book.Feed.Publish("message", () => new { Account, Customer = Igsid, Message = message });
    }

    internal ChatMessage? Change(string mid, Func<ChatMessage, ChatMessage> change)
    {
        ChatMessage changed;
        lock (_gate)
        {
            var index = _thread.FindIndex(message => message.Mid == mid);
            if (index < 0) return null;
            changed = _thread[index] = change(_thread[index]);
        }
        _book.Feed.Publish("message", () => new { Account, Customer = Igsid, Message = changed });
        return changed;
    }

    private static ChatMessage Emptied(ChatMessage message) =>
        message with { Unsent = true, Text = null, AttachmentType = null, AttachmentUrl = null };

    private async Task<string> WriteAsync(string? text, string? type, string? url, Func<string, DateTimeOffset, JsonObject> item)
    {
        var message = new ChatMessage(_book.NewMid(), FromCustomer: true, text, type, url, _book.Now);
        Interlocked.Exchange(ref _lastWroteAt, message.At.ToUnixTimeMilliseconds());
        Append(message);
        await _book.PostAsync(Account, _ => item(message.Mid, message.At));
        return message.Mid;
    }
}
