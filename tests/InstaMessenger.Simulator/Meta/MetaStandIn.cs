using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Simulator.Meta.Graph;
using InstaMessenger.Simulator.Meta.Login;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Simulator.Page;
using InstaMessenger.Simulator.Records;

namespace InstaMessenger.Simulator.Meta;

/// <summary>The simulated Meta: what it knows, what it was told to do wrong, and what happened.</summary>
public sealed class MetaStandIn : IDisposable
{
    private readonly ConcurrentDictionary<(string Recipient, string? Content), int> _counts = new();
    private readonly SimulatedCustomer[] _customers;
    private readonly Background _background;
    private readonly JsonlFile? _file;

    internal MetaStandIn(SimulatorOptions options, Background background, LiveFeed feed)
    {
        _background = background;
        _file = JsonlFile.Open(options.SendRecordPath);
        Clock = options.Clock;
        Feed = feed;
        Sends = new(options.RecordLimit);
        Fetched = new(options.RecordLimit);
        Media = new(Fetched);
        Calls = new(options.RecordLimit);
        Webhooks = new(options, background) { OnAttempt = attempt => feed.Publish("webhook", () => attempt with { Body = null }) };
        Customers = new(Webhooks, options.Clock, feed);
        EnforceWindow = options.EnforceWindow;
        AllowUnknownRecipients = options.AllowUnknownRecipients;
        FetchOutgoingMedia = options.FetchOutgoingMedia;
        _customers = [.. options.Customers];
        foreach (var account in options.Accounts) Accounts.Add(account);
        AddCustomers();
    }

    /// <summary>Accounts, tokens and subscriptions.</summary>
    public AccountBook Accounts { get; } = new();

    /// <summary>Customers, their actions and their view of the conversation.</summary>
    public CustomerBook Customers { get; }

    /// <summary>Where attachments lie.</summary>
    public Cdn Cdn { get; } = new();

    /// <summary>Posts webhooks.</summary>
    public WebhookPoster Webhooks { get; }

    /// <summary>What goes wrong when a message is sent.</summary>
    public FaultPlan SendFaults { get; } = new();

    /// <summary>What goes wrong with every other call: profiles, sender actions, tokens, subscriptions, conversations.</summary>
    public FaultPlan OtherFaults { get; } = new();

    /// <summary>
    /// What goes wrong with calls about the account itself: whose a token is, refreshing it, subscriptions, and the first look at its
    /// conversations. Apart from the others, because the product makes them whenever it wants.
    /// </summary>
    public FaultPlan AccountFaults { get; } = new();

    /// <summary>Every send that reached its customer, whatever the caller was told.</summary>
    public RecordLog<AcceptedSend> Sends { get; }

    /// <summary>Every file that was fetched for a send, and taken.</summary>
    public RecordLog<FetchedMedia> Fetched { get; }

    /// <summary>Every call, also the refused ones.</summary>
    public RecordLog<GraphCall> Calls { get; }

    /// <summary>When a send's echo is posted.</summary>
    public EchoMode EchoMode { get; set; }

    /// <summary>How long the echo waits, in milliseconds; before the answer in that mode, else after it.</summary>
    public int EchoDelayMs { get; set; }

    /// <summary>Delay of every call, in milliseconds; a fault's own comes on top.</summary>
    public int LatencyMs { get; set; }

    /// <inheritdoc cref="SimulatorOptions.EnforceWindow"/>
    public bool EnforceWindow { get; set; }

    /// <inheritdoc cref="SimulatorOptions.AllowUnknownRecipients"/>
    public bool AllowUnknownRecipients { get; set; }

    /// <inheritdoc cref="SimulatorOptions.FetchOutgoingMedia"/>
    public bool FetchOutgoingMedia { get; set; }

    /// <summary>What every customer of an account sees before they write: each part as JSON.</summary>
    internal ConcurrentDictionary<string, ConcurrentDictionary<string, string>> Profiles { get; } = new();

    internal OutgoingMedia Media { get; }

    internal LoginBook Logins { get; } = new();

    internal TimeProvider Clock { get; }

    internal LiveFeed Feed { get; }

    internal CancellationToken Stopping => _background.Stopping;

    /// <summary>
    /// How often the customer got this text (or attachment URL, without its query, which differs from call to call). More than 1 for a
    /// unique text is a message sent twice.
    /// </summary>
    public int AcceptedCount(string recipient, string? content) => _counts.GetValueOrDefault((recipient, content));

    /// <summary>What customers got more than once. Never forgets, unlike <see cref="Sends"/>.</summary>
    public IReadOnlyList<(string Recipient, string? Content, int Count)> AcceptedMoreThanOnce =>
        [.. _counts.Where(count => count.Value > 1).Select(count => (count.Key.Recipient, count.Key.Content, count.Value))];

    /// <summary>Forgets what happened, the faults and the customers, except those of the options; keeps accounts and settings.</summary>
    public void Reset()
    {
        SendFaults.Clear();
        OtherFaults.Clear();
        AccountFaults.Clear();
        Sends.Clear();
        Fetched.Clear();
        Calls.Clear();
        Webhooks.Attempts.Clear();
        Customers.Clear();
        AddCustomers();
        _counts.Clear();
        // The page loads everything again.
        Feed.Publish("hello", () => new { });
    }

    internal void Accept(AcceptedSend send)
    {
        _file?.Append(send);
        _counts.AddOrUpdate((send.Recipient, send.Text ?? send.AttachmentUrl?.Split('?')[0]), 1, (_, count) => count + 1);
        Sends.Add(send);
    }

    // Not ended by the caller's going away: Meta finishes what it has received, and so may deliver what the caller gave up on.
    internal Task DelayAsync(Fault? fault) => PauseAsync(LatencyMs + (fault?.DelayMs ?? 0));

    internal async Task EchoAsync(Customer customer, ChatMessage message)
    {
        await PauseAsync(EchoDelayMs);
        var (account, igsid) = (customer.Account, customer.Igsid);
        await Webhooks.DeliverAsync(MetaPayloads.Envelope(account, Clock.GetUtcNow(), message.Text is { } text
            ? MetaPayloads.Echo(account, igsid, message.Mid, text, message.At)
            : MetaPayloads.EchoAttachments(account, igsid, message.Mid, message.At, [.. PartsOf(message)])));
    }

    /// <summary>An own post comes back as every shared one does.</summary>
    private static IEnumerable<JsonObject> PartsOf(ChatMessage message) => message.MoreUrls.Prepend(message.AttachmentUrl).Select(
        url => MetaPayloads.AttachmentPart(message.AttachmentType == "MEDIA_SHARE" ? "ig_post" : message.AttachmentType!, url));

    internal void EchoLater(Customer customer, ChatMessage message) => _background.Run(_ => EchoAsync(customer, message));

    private void AddCustomers()
    {
        foreach (var (account, igsid, username, name) in _customers) Customers.Get(account, igsid, username, name);
    }

    private Task PauseAsync(int milliseconds) =>
        milliseconds <= 0 ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Clock, Stopping);

    /// <inheritdoc/>
    public void Dispose()
    {
        Webhooks.Dispose();
        Media.Dispose();
        _file?.Dispose();
    }
}
