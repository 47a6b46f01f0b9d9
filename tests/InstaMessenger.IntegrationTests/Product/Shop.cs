using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// A tenant of its own for one test: an Instagram account, linked, with a CRM, an API key for it alone and an open live stream.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    private static long _numbers = 17841500000000000;

    private readonly IProduct _product;
    private readonly ApiClient _admin;

    private Shop(IProduct product)
    {
        _product = product;
        _admin = new ApiClient(product.Door, product.AdminToken);
        InstagramId = NewNumber();
        Token = $"IGAA-{InstagramId}";
        Crm = product.Simulator.Crm.Inbox($"crm{InstagramId}");
        CrmSecret = $"secret_of_{Crm.Name}_";
        Crm.Secrets = [CrmSecret];
        Meta.Accounts.Add(new SimulatedAccount(InstagramId, Token) { Username = $"shop{InstagramId}" });
    }

    public MetaStandIn Meta => _product.Simulator.Meta;

    public string InstagramId { get; }

    public string Token { get; private set; }

    public string AccountId { get; private set; } = "";

    public CrmInbox Crm { get; }

    public string CrmSecret { get; }

    public string KeyId { get; private set; } = "";

    /// <summary>The key of this account alone.</summary>
    public string Key { get; private set; } = "";

    /// <summary>With the key of this account alone.</summary>
    public ApiClient Api { get; private set; } = null!;

    /// <summary>Every event of the account since it was linked.</summary>
    public EventTap Events { get; private set; } = null!;

    public static async Task<Shop> OpenAsync(IProduct product)
    {
        var shop = new Shop(product);
        await shop.LinkAsync();
        return shop;
    }

    /// <summary>An account that exists at Instagram and is not linked yet.</summary>
    public static Shop Unlinked(IProduct product) => new(product);

    /// <summary>Digits that no other account or customer of this run has.</summary>
    public static string NewNumber() => Interlocked.Increment(ref _numbers).ToString();

    public async Task LinkAsync()
    {
        var account = (await PutAccountAsync(Token)).Expect(201);
        AccountId = account.Text("id")!;
        var key = (await _admin.PostAsync(
            "/api/v1/api-keys",
            new { name = "a key of the tests", account_ids = new[] { AccountId }, scopes = new[] { "read", "send", "manage" } }))
            .Expect(201);
        KeyId = key.Text("id")!;
        Key = key.Text("key")!;
        Api = new ApiClient(_product.Door, Key);
        Events = await Api.ListenAsync();
    }

    /// <summary>Links it again with a new token, as its owner does after the old one died.</summary>
    public async Task RelinkAsync()
    {
        Token += "-new";
        Meta.Accounts.SetToken(InstagramId, Token, TokenState.Valid);
        (await PutAccountAsync(Token)).Status.ShouldBeInRange(200, 201);
    }

    public Customer NewCustomer() => Meta.Customers.Get(InstagramId, NewNumber());

    /// <summary>A customer who has written, so that the response window is open.</summary>
    public async Task<Customer> NewWriterAsync()
    {
        var customer = NewCustomer();
        var mid = await customer.SayAsync("Hello!");
        await ReceivedAsync(mid);
        return customer;
    }

    /// <summary>Several who have written.</summary>
    public Task<Customer[]> NewWritersAsync(int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => NewWriterAsync()));

    /// <summary>Waits for the event of a message that a customer wrote.</summary>
    public Task<TappedEvent> ReceivedAsync(string mid) => Events.WaitForAsync("message.received", "data.message.instagram_message_id", mid);

    /// <summary>
    /// Sends, and waits for Meta's answer as long as a client may ask for: a machine that builds meanwhile needs more than the usual 5 s.
    /// </summary>
    public Task<Answer> SendAsync(Customer customer, string text, params (string Name, string Value)[] headers) =>
        Api.PostAsync(
            "/api/v1/messages/send",
            Body(customer, text),
            headers.Any(header => header.Name == "Prefer") ? headers : [.. headers, ("Prefer", "wait=30")]);

    public object Body(Customer customer, string text) => new { account_id = AccountId, recipient_id = customer.Igsid, message = text };

    /// <summary>Waits until a message has a status, by the events, and gives it as <c>GET</c> answers it.</summary>
    public async Task<JsonNode> BecameAsync(string messageId, string status)
    {
        await Events.WaitForAsync(
            tapped => tapped.Event.Text("data.message.id") == messageId && tapped.Event.Text("data.message.status") == status);
        return await MessageAsync(messageId);
    }

    public async Task<JsonNode> MessageAsync(string messageId) => (await Api.GetAsync($"/api/v1/messages/{messageId}")).Expect(200);

    /// <summary>The one conversation with a customer.</summary>
    public async Task<JsonNode> ConversationAsync(Customer customer) =>
        (await Api.GetAsync($"/ui/conversations?account_id={AccountId}")).Expect(200).Items()
            .Single(row => row.Text("contact.id") == customer.Igsid);

    /// <summary>The messages with a customer, newest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> ThreadAsync(Customer customer)
    {
        var conversation = await ConversationAsync(customer);
        return (await Api.GetAsync($"/ui/conversations/{conversation.Text("id")}/messages?limit=200")).Expect(200).Items();
    }

    /// <summary>
    /// Leaves the simulator as a product starts with it: the next test shares it, and another's schedule would post its refused webhooks
    /// again and again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Events is not null) await Events.DisposeAsync();
        Meta.SendFaults.Clear();
        (Meta.EchoMode, Meta.EnforceWindow, Meta.Webhooks.RedeliverySchedule) = (EchoMode.AfterAnswer, false, []);
    }

    private Task<Answer> PutAccountAsync(string token) => _admin.PostAsync("/api/v1/accounts", new
    {
        instagram_account_id = InstagramId,
        messaging_channel_id = InstagramId,
        username = $"shop{InstagramId}",
        access_token = token,
        login_type = "instagram",
        crm_webhook_url = new Uri(_product.Simulator.BaseAddress, $"crm/{Crm.Name}").ToString(),
        webhook_secret = CrmSecret,
    });
}
