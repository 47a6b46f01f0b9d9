using System.Collections.Concurrent;
using InstaMessenger.Contracts.Ids;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>R12: what becomes of a conversation's order while one of its events is tried again.</summary>
public sealed class ConversationOrderTests : IAsyncLifetime
{
    private const int Conversations = 6;
    private const int EventsEach = 7;

    private static readonly AccountId Account = AccountId.Parse("acc_1");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Account, _crm.Url("/"));
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(true, "500")]
    [InlineData(true, "429")]
    [InlineData(true, "cut")]
    [InlineData(true, "301")]
    [InlineData(false, "500")]
    [InlineData(false, "cut")]
    public async Task Every_seventh_event_fails_once(bool ordered, string how)
    {
        if (ordered) await OrderAsync();
        var events = Enumerable.Range(0, Conversations * EventsEach)
            .Select(n => _host.Event(Account, $"conv_{n % Conversations}")).ToArray();
        // Every seventh: in each conversation another one.
        var fails = new ConcurrentDictionary<string, bool>(
            events.Where((_, n) => n % 7 == 3).Select(e => KeyValuePair.Create(e.Id.Value, true)));
        var failing = fails.Keys.ToHashSet();
        failing.Count.ShouldBe(Conversations);
        var taken = new ConcurrentQueue<string>();
        _crm.Answer = (post, context) =>
        {
            if (fails.TryRemove(post.Id, out _)) Fail(context, how);
            else taken.Enqueue(post.Id);
            return Task.CompletedTask;
        };

        await _host.PublishAsync(events);
        await _host.AdvanceUntilAsync(_host.LoggedAsync("delivery.delivered", times: events.Length), TimeSpan.FromSeconds(1));

        taken.ShouldBeUnique();
        taken.Count.ShouldBe(events.Length);
        foreach (var conversation in events.GroupBy(e => e.ConversationId))
        {
            var (sent, came) = (
                conversation.Select(e => e.Id.Value).ToList(), taken.Where(id => conversation.Any(e => e.Id.Value == id)).ToList());
            // Without order those behind it go on, and it comes when its retry is due; sequence says where it belongs.
            if (ordered) came.ShouldBe(sent);
            else came.ShouldBe([.. sent.Where(id => !failing.Contains(id)), .. sent.Where(failing.Contains)]);
        }
    }

    private static void Fail(HttpContext context, string how)
    {
        if (how == "cut") context.Abort();
        else context.Response.StatusCode = int.Parse(how);
        if (how == "429") context.Response.Headers.RetryAfter = "30";
    }

    private async Task OrderAsync()
    {
        using var http = _host.Client(Account);
        using var answer = await http.PatchAsync(
            "/api/v1/webhook-endpoints/whe_1",
            new StringContent("""{"ordered":true}""", System.Text.Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }
}
