using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>A store whose sender is the test's, with one linked account, a program and a person who may send from it.</summary>
public abstract class SendTests : IAsyncLifetime
{
    private protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    private protected FakeCallers Callers { get; } = new();

    private protected FakeSender.Script Sender { get; } = new();

    private protected StoreHost Store { get; private set; } = null!;

    private protected Account Account { get; private set; } = null!;

    private protected HttpClient Crm { get; private set; } = null!;

    /// <summary>Settings of a test's own.</summary>
    private protected virtual Dictionary<string, string?> Settings => [];

    /// <summary>What else a test changes in the store.</summary>
    private protected virtual Action<IServiceCollection>? Change => null;

    public async ValueTask InitializeAsync()
    {
        Store = await StoreHost.StartAsync([.. await StoreDatabase.SettingsAsync(), .. Settings], services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton<ICallerSource>(Callers);
            services.AddSingleton(Sender);
            services.AddMessageHandler<StoreDbContext, SendMessage, FakeSender>("sender.send-message");
            services.AddMessageHandler<StoreDbContext, CancelSend, FakeCancels>("sender.cancel-send");
            services.AddMessageHandler<StoreDbContext, ShowSign, FakeSigns>("sender.show-sign");
            Change?.Invoke(services);
        });
        Account = await Store.LinkAsync("17841400000000000");
        Callers.Program("crm", Account.Id);
        Callers.Person("agent", Account.Id);
        Crm = Store.Client("crm");
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<HttpResponseMessage> SendAsync(
        string body, string? key = null, string? prefer = null, HttpClient? client = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages/send")
        {
            Content = new StringContent(Body(body), Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        return await (client ?? Crm).SendAsync(request, cancellationToken);
    }

    private protected string Body(string body) =>
        body.Replace("TO", $"\"account_id\":\"{Account.Id}\",\"recipient_id\":\"42\"", StringComparison.Ordinal);

    /// <summary>A comment comes in; returns its id.</summary>
    private protected async Task<string> CommentAsync(string contact, DateTimeOffset at, string id = "17890000000000001")
    {
        await ReceiveAsync(MetaPayloads.Comment("17841400000000000", contact, id, "How much?", at));
        return id;
    }

    private protected Task ReceiveAsync(System.Text.Json.Nodes.JsonObject webhook) =>
        Store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(webhook)));

    private protected async Task<(string? State, string? ClosesAt)> WindowAsync()
    {
        var list = await Crm.GetFromJsonAsync<JsonElement>("/api/v1/conversations");
        var window = list.GetProperty("data").EnumerateArray().Single().GetProperty("window");
        return (window.GetProperty("state").GetString(), window.GetProperty("closes_at").GetString());
    }

    private protected static async Task<JsonElement> Json(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync());

    private protected async Task<int> MessagesAsync()
    {
        await using var db = Store.Read();
        return await db.Messages.CountAsync();
    }

    private protected Task ReportAsync(SendReported report) => Store.UnitOfWork.ExecuteAsync(scope =>
        Store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope, [new InstaMessenger.Contracts.BusItem<SendReported>("1", null, report)]));

    private protected Task CustomerWroteAsync(DateTimeOffset at) => Store.UnitOfWork.ExecuteAsync(scope =>
    {
        var conversation = Conversation.Begin(Account.Id, InstagramUserId.Parse("42"), at, ConversationId.New(Clock));
        var message = Message.Receive(
            conversation, MessageContent.OfText("hello"), InstagramMessageId.Parse("in-1"), at, at, MessageId.New(Clock));
        conversation.Add(message, at);
        scope.Db.Add(conversation);
        scope.Db.Add(message);
        return Task.CompletedTask;
    });

    private protected static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    private protected static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience.Long);
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }
}
