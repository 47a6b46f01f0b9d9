using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Simulator.Page;

namespace InstaMessenger.Simulator.Meta.Customers;

/// <summary>The customers of every account.</summary>
public sealed class CustomerBook
{
    private readonly ConcurrentDictionary<(string Account, string Igsid), Customer> _customers = new();
    private readonly ConcurrentDictionary<(string Account, string Id), CustomerComment> _comments = new();
    private readonly WebhookPoster _webhooks;
    private readonly TimeProvider _clock;

    internal CustomerBook(WebhookPoster webhooks, TimeProvider clock, LiveFeed feed)
    {
        _webhooks = webhooks;
        _clock = clock;
        Feed = feed;
    }

    /// <summary>Every customer.</summary>
    public IReadOnlyList<Customer> All =>
        [.. _customers.Values.OrderBy(customer => customer.Account, StringComparer.Ordinal)
            .ThenBy(customer => customer.Igsid, StringComparer.Ordinal)];

    internal LiveFeed Feed { get; }

    internal DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>The customer, made on the first call.</summary>
    /// <param name="account">The professional account id.</param>
    /// <param name="igsid">1 to 20 digits.</param>
    /// <param name="username">Only used on the first call.</param>
    /// <param name="name">Only used on the first call.</param>
    public Customer Get(string account, string igsid, string? username = null, string? name = null)
    {
        if (_customers.TryGetValue((account, igsid), out var known)) return known;
        if (igsid.Length is 0 or > 20 || !igsid.All(char.IsAsciiDigit))
            throw new ArgumentException("An IGSID is 1 to 20 digits.", nameof(igsid));
        return _customers.GetOrAdd((account, igsid), key => new Customer(this, key.Account, key.Igsid, username, name));
    }

    internal Customer? Find(string account, string igsid) => _customers.GetValueOrDefault((account, igsid));

    internal CustomerComment? Comment(string account, string id) => _comments.GetValueOrDefault((account, id));

    internal void Clear()
    {
        _customers.Clear();
        _comments.Clear();
    }

    /// <summary>Notes a comment and posts its webhook; returns its id.</summary>
    internal async Task<string> CommentAsync(Customer author, string text, DateTimeOffset at)
    {
        var id = "178" + RandomNumberGenerator.GetString("0123456789", 14);
        _comments[(author.Account, id)] = new CustomerComment(author, at);
        await _webhooks.DeliverAsync(MetaPayloads.Comment(author.Account, author.Igsid, id, text, at));
        return id;
    }

    internal Task<WebhookAttempt> PostAsync(string account, Func<DateTimeOffset, JsonObject> item) =>
        _webhooks.DeliverAsync(MetaPayloads.Envelope(account, Now, item(Now)));

    internal Task<WebhookAttempt> PlayAsync(MetaEvent what, EntryForm form, MetaScene scene) => _webhooks.DeliverAsync(
        what.Field is { } field
            ? MetaPayloads.In(form == EntryForm.Flat ? form : EntryForm.Changes, scene.Account, scene.At, what.Item(scene), field)
            : MetaPayloads.In(form, scene.Account, scene.At, what.Item(scene)));

    // As long and as mixed in case as Meta's: some 150 characters that look like base64.
    internal string NewMid()
    {
        Span<byte> unique = stackalloc byte[90];
        RandomNumberGenerator.Fill(unique);
        Guid.CreateVersion7(Now).TryWriteBytes(unique, bigEndian: true, out _);
        return $"aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE{Convert.ToBase64String(unique).Replace('+', 'Z').Replace('/', 'A')}ZD";
    }
}
