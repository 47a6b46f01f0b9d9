using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound.Arrivals;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>
/// Under kills and load each echo read every open send of its thread, so that the reports which close sends came ever later: the store did
/// 70 messages a second on a whole core.
/// </summary>
public sealed class OpenSendsTests : IAsyncLifetime
{
    private StoreHost _store = null!;
    private Conversation _conversation = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync();
        var shop = await _store.LinkAsync("17841400000000000");
        _conversation = await _store.UnitOfWork.ExecuteAsync(scope =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var conversation = Conversation.Begin(shop.Id, InstagramUserId.Parse("42"), now, ConversationId.New(TimeProvider.System));
            scope.Db.Conversations.Add(conversation);
            foreach (var text in (string[])["one", "two", "two", "three"])
                scope.Db.Messages.Add(
                    Message.Compose(conversation, MessageContent.OfText(text), Origin.Api, now, MessageId.New(TimeProvider.System)));
            return Task.FromResult(conversation);
        });
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task An_echo_reads_only_the_sends_that_it_could_be_of()
    {
        await using var db = _store.Read();

        var sends = OpenSends.Query(db, [(_conversation.Id, MessageContent.OfText("two"))], TimeProvider.System.GetUtcNow()).ToList();

        sends.Select(send => send.Text).ShouldBe(["two", "two"]);
    }

    [Fact]
    public async Task An_echo_finds_them_however_long_the_thread_is()
    {
        await using var db = _store.Read();

        var plan = await QueryPlan.OfAsync(
            OpenSends.Query(db, [(_conversation.Id, MessageContent.OfText("two"))], TimeProvider.System.GetUtcNow()));

        plan.ShouldContain(line => line.Contains("(conversation_id=? AND instagram_message_id=?)", StringComparison.Ordinal));
    }
}
