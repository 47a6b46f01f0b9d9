using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Simulator.Sample;

/// <summary>One conversation as it went some time ago. Both sides' lines follow one another; the webhooks are posted at the end.</summary>
internal sealed class SampleThread(MetaStandIn meta, Customer customer, string media, DateTimeOffset now)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(50);

    private readonly List<JsonObject> _items = [];
    private DateTimeOffset _at;
    private string? _theirs;
    private string? _ours;

    /// <summary>Goes on at this time before now.</summary>
    public SampleThread Ago(TimeSpan before)
    {
        _at = now - before;
        return this;
    }

    public SampleThread Says(string text) =>
        Writes(text, null, mid => MetaPayloads.Text(customer.Account, customer.Igsid, mid, text, _at));

    /// <summary>The business answers in the Instagram app.</summary>
    public SampleThread IsAnswered(string text)
    {
        var message = Line(fromCustomer: false, text, null);
        _items.Add(MetaPayloads.Echo(customer.Account, customer.Igsid, message.Mid, text, _at));
        _ours = message.Mid;
        return Next();
    }

    /// <summary>The customer answers the newest message of the business.</summary>
    public SampleThread Replies(string text) =>
        Writes(text, null, mid => MetaPayloads.Reply(customer.Account, customer.Igsid, mid, text, _ours!, _at));

    public SampleThread RepliesToStory(string text) => Writes(
        text,
        null,
        mid => MetaPayloads.StoryReply(customer.Account, customer.Igsid, mid, text, "17900000000000001", media + "story.png", _at));

    public SampleThread ComesFromAdvertisement(string text, string title) => Writes(
        text, null, mid => MetaPayloads.FromAdvertisement(customer.Account, customer.Igsid, mid, text, "23851", title, _at));

    public SampleThread Taps(string title, string payload) =>
        Writes(title, null, mid => MetaPayloads.Postback(customer.Account, customer.Igsid, mid, title, payload, _at));

    /// <summary>Files of one type in one message.</summary>
    public SampleThread Shows(string type, params string[] names) => Writes(null, type, mid => MetaPayloads.Attachments(
        customer.Account, customer.Igsid, mid, _at, [.. names.Select(name => MetaPayloads.AttachmentPart(type, media + name))]));

    public SampleThread Shares(string type, string title) => Writes(
        null, type, mid => MetaPayloads.Share(customer.Account, customer.Igsid, mid, type, "1789", title, media + "post.png", _at));

    /// <summary>Anything else that the customer writes, by its name.</summary>
    public SampleThread Plays(string name) => Writes(
        null, name, mid => MetaEvent.Called(name).Item(new MetaScene(customer.Account, customer.Igsid, mid, _ours ?? mid, media, _at)));

    public SampleThread Edits(string text)
    {
        customer.Change(_theirs!, message => message with { Text = text, Edits = message.Edits + 1 });
        _items.Add(MetaPayloads.Edit(customer.Account, customer.Igsid, _theirs!, text, 1, _at));
        return Next();
    }

    public SampleThread Unsends()
    {
        customer.Change(_theirs!, message => message with { Text = null, Unsent = true });
        _items.Add(MetaPayloads.Unsend(customer.Account, customer.Igsid, _theirs!, _at));
        return Next();
    }

    public SampleThread Reacts(string reaction, string emoji)
    {
        customer.Change(_ours!, message => message with { Reaction = emoji });
        _items.Add(MetaPayloads.React(customer.Account, customer.Igsid, _ours!, reaction, emoji, _at));
        return Next();
    }

    public SampleThread Reads()
    {
        _items.Add(MetaPayloads.Read(customer.Account, customer.Igsid, _ours!, _at));
        return Next();
    }

    public Task PostAsync() => meta.Webhooks.DeliverAsync(customer.Account, _items, new DeliveryPattern { BatchSize = 100 });

    private SampleThread Writes(string? text, string? type, Func<string, JsonObject> item)
    {
        var message = Line(fromCustomer: true, text, type);
        _items.Add(item(message.Mid));
        _theirs = message.Mid;
        customer.PretendWroteAt(_at);
        return Next();
    }

    private ChatMessage Line(bool fromCustomer, string? text, string? type)
    {
        var message = new ChatMessage(meta.Customers.NewMid(), fromCustomer, text, type, null, _at);
        customer.Append(message);
        return message;
    }

    private SampleThread Next()
    {
        _at += Pause;
        return this;
    }
}
