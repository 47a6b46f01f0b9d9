using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Domain;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Events;

public sealed class PresenceTests : IAsyncLifetime
{
    private readonly FakeCallers _callers = new();
    private StoreHost _store = null!;
    private Account _shop = null!;
    private ConversationId _thread;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services => services.AddSingleton<ICallerSource>(_callers));
        _shop = await _store.LinkAsync("17841400000000000");
        var cafe = await _store.LinkAsync("17841400000000001");
        _callers.Person("ana", _shop.Id);
        _callers.Person("ben", _shop.Id, cafe.Id);
        _callers.Person("waiter", cafe.Id);
        _callers.Program("crm", _shop.Id);
        var now = TimeProvider.System.GetUtcNow();
        _thread = await _store.UnitOfWork.ExecuteAsync(scope => Task.FromResult(scope.Db.Add(Conversation.Begin(
            _shop.Id, InstagramUserId.Parse("42"), now, ConversationId.New(TimeProvider.System))).Entity.Id));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task The_others_of_an_account_see_who_is_in_a_conversation_and_nobody_else_does()
    {
        await using var ben = await OpenAsync("ben");
        await using var ana = await OpenAsync("ana");
        await using var waiter = await OpenAsync("waiter");
        await using var crm = await OpenAsync("crm");
        await using var narrow = await OpenAsync("ben", "?types=message.received");

        (await SayAsync("ana", "viewing")).ShouldBe(HttpStatusCode.NoContent);
        (await SayAsync("ana", "typing")).ShouldBe(HttpStatusCode.NoContent);
        (await SayAsync("ben", "gone")).ShouldBe(HttpStatusCode.NoContent);

        foreach (var state in (string[])["viewing", "typing"])
        {
            (await ben.LineAsync()).ShouldBe("event: presence", "it has no id: a client resumes from the last event");
            var data = JsonElement.Parse((await ben.LineAsync())!["data: ".Length..]);
            data.GetProperty("type").GetString().ShouldBe("presence");
            data.GetProperty("state").GetString().ShouldBe(state);
            data.GetProperty("user").GetProperty("id").GetString().ShouldBe("usr_ana");
            data.GetProperty("conversation_id").GetString().ShouldBe(_thread.Value);
            data.GetProperty("account_id").GetString().ShouldBe(_shop.Id.Value);
        }

        (await ana.LineAsync()).ShouldBe("event: presence");
        (await ana.LineAsync())!.ShouldContain("usr_ben", customMessage: "her own she does not see");
        await BeatAsync();
        foreach (var stream in (OpenStream[])[waiter, crm, narrow]) (await stream.LineAsync()).ShouldBe(": heartbeat");
        await using var db = _store.Read();
        db.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_in_a_conversation_can_be_said_by_who_sees_it_alone()
    {
        (await SayAsync("waiter", "viewing")).ShouldBe(HttpStatusCode.NotFound);
        (await SayAsync("ana", "asleep")).ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private async Task<HttpStatusCode> SayAsync(string credential, string state)
    {
        using var client = _store.Client(credential);
        return (await client.PostAsJsonAsync($"/ui/conversations/{_thread}/presence", new { state })).StatusCode;
    }

    /// <summary>So that a stream which shows nothing has something to show.</summary>
    private Task BeatAsync()
    {
        _store.Services.GetRequiredService<InstaMessenger.Store.Events.LiveSessions>().ForEach(session => session.RequestBeat());
        return Task.CompletedTask;
    }

    private async Task<OpenStream> OpenAsync(string credential, string query = "")
    {
        var client = _store.Client(credential);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream" + query);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        var stream = new OpenStream(client, response, new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8));
        (await stream.LineAsync())!.ShouldStartWith("id: ");
        (await stream.LineAsync()).ShouldBe(": connected");
        return stream;
    }

    private sealed class OpenStream(HttpClient client, HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        /// <summary>The next line that is not blank.</summary>
        public async Task<string?> LineAsync()
        {
            using var limit = new CancellationTokenSource(Patience.Long);
            while (true)
            {
                if (await reader.ReadLineAsync(limit.Token) is not "" and var line) return line;
            }
        }

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
