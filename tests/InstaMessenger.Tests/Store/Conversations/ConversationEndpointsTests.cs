using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Conversations;

public sealed class ConversationEndpointsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(10);
    private readonly FakeCallers _callers = new();
    private StoreHost _store = null!;
    private Account _shop = null!;
    private Account _cafe = null!;
    private HttpClient _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services => services.AddSingleton<ICallerSource>(_callers));
        _shop = await _store.LinkAsync("17841400000000000");
        _cafe = await _store.LinkAsync("17841400000000001");
        _callers.Person("agent", _shop.Id);
        _callers.Person("both", _shop.Id, _cafe.Id);
        _callers.Person("nobody");
        _agent = _store.Client("agent");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("/ui/conversations")]
    [InlineData("/api/v1/conversations")]
    public async Task The_list_shows_last_message_contact_and_window(string path)
    {
        await ReceiveAsync(_shop, "42", "older", 0);
        await ReceiveAsync(_shop, "42", "newer", 1);
        await ReceiveAsync(_cafe, "43", "theirs", 2);

        var item = (await ListAsync(_agent, path)).ShouldHaveSingleItem();

        item.GetProperty("contact").GetProperty("id").GetString().ShouldBe("42");
        item.GetProperty("last_message").GetProperty("text").GetString().ShouldBe("newer");
        item.GetProperty("last_message").GetProperty("history").GetBoolean().ShouldBeFalse();
        item.GetProperty("unread_count").GetInt32().ShouldBe(2);
        item.GetProperty("window").GetProperty("state").GetString().ShouldBe("open");
        item.GetProperty("window").GetProperty("closes_at").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Theory]
    [InlineData("admin", "abcdef")]
    [InlineData("both", "abcdef")]
    [InlineData("agent", "ace")]
    [InlineData("nobody", "")]
    public async Task Pages_follow_one_another_newest_first_across_accounts_and_equal_times(string credential, string expected)
    {
        for (var i = 0; i < 6; i++) await ReceiveAsync(i % 2 == 0 ? _shop : _cafe, $"{i}", $"{"abcdef"[i]}", -(i / 4));

        var seen = "";
        string? cursor = null;
        do
        {
            var page = await _store.Client(credential)
                .GetFromJsonAsync<JsonElement>($"/ui/conversations?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen += string.Concat(
                page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("last_message").GetProperty("text").GetString()));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        // The first four have one time, so their ids decide.
        string.Concat(seen.Where("abcd".Contains).Order()).ShouldBe(string.Concat(expected.Where("abcd".Contains)));
        seen[..^seen.Count("ef".Contains)].ShouldNotContain('e');
        seen.Order().ShouldBe(expected.Order());
    }

    [Theory]
    [InlineData("?unread=true", "b")]
    [InlineData("?unread=false", "a")]
    [InlineData("?q=42", "a")]
    [InlineData("?q=4", "")]
    [InlineData("?q=ANN", "b")]
    [InlineData("?q=%25", "")]
    [InlineData("?q=n_a", "")]
    public async Task The_list_can_be_narrowed(string query, string expected)
    {
        await ReceiveAsync(_shop, "42", "a", 0);
        await ReceiveAsync(_shop, "43", "b", 1);
        await _store.UnitOfWork.ExecuteAsync(async scope =>
        {
            (await scope.Db.Conversations.SingleAsync(row => row.ContactId == InstagramUserId.Parse("42"))).MarkRead(Start);
            await scope.Db.Conversations.Where(row => row.ContactId == InstagramUserId.Parse("43"))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ContactName, "Hannah"));
        });

        var listed = await ListAsync(_agent, "/ui/conversations" + query);
        string.Concat(listed.Select(item => item.GetProperty("last_message").GetProperty("text").GetString())).ShouldBe(expected);
    }

    /// <summary>SQLite's lower case knows ASCII alone, so such a name was found only as it is written.</summary>
    [Theory]
    [InlineData("Анна Петрова", "анна")]
    [InlineData("Ζωή", "ΖΩΉ")]
    [InlineData("Émile", "éMI")]
    public async Task A_name_is_found_in_any_case_of_any_script(string name, string q)
    {
        await ReceiveAsync(_shop, "42", "theirs", 0);
        await ReceiveAsync(_shop, "43", "another's", 1);
        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Conversations.Where(row => row.ContactId == InstagramUserId.Parse("42"))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ContactName, name)));

        var listed = await ListAsync(_agent, "/ui/conversations?q=" + Uri.EscapeDataString(q));

        listed.ShouldHaveSingleItem().GetProperty("last_message").GetProperty("text").GetString().ShouldBe("theirs");
    }

    /// <summary>The ids of all accounts are read for whoever sees all.</summary>
    [Fact]
    public async Task An_account_whose_id_cannot_be_read_keeps_nobody_from_searching()
    {
        await _store.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Database.ExecuteSqlAsync($"UPDATE accounts SET id = 'none' WHERE id = {_cafe.Id.Value}"));

        using var admin = _store.Client("admin");
        (await admin.GetAsync("/ui/search?q=anything")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_thread_is_paged_newest_first_by_Metas_time_and_then_by_arrival()
    {
        var id = await ReceiveAsync(_shop, "42", "b", 1);
        foreach (var (text, at) in ((string, int)[])[("c", 1), ("d", 2), ("a", 0)]) await ReceiveAsync(_shop, "42", text, at);

        var first = await _agent.GetFromJsonAsync<JsonElement>($"/ui/conversations/{id}/messages?limit=2");
        var second = await _agent.GetFromJsonAsync<JsonElement>(
            $"/api/v1/conversations/{id}/messages?limit=2&cursor={first.GetProperty("next_cursor")}");

        Texts(first).ShouldBe("dc");
        Texts(second).ShouldBe("ba");
        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    /// <summary>A hit of the search, or the first unread message, lies far back: the page stands around it at once.</summary>
    [Theory]
    [InlineData("around=c&limit=3", "dcb", true)]
    [InlineData("around=e&limit=3", "edc", true)]
    [InlineData("around=a&limit=4", "cba", false)]
    [InlineData("around=c&limit=1", "c", true)]
    [InlineData("before=c&limit=1", "b", true)]
    [InlineData("before=c", "ba", false)]
    [InlineData("after=b&limit=2", "dc", false)]
    [InlineData("after=e", "", false)]
    public async Task A_page_of_a_thread_can_stand_around_before_or_after_a_message(string query, string expected, bool goesOn)
    {
        ConversationId id = default;
        // Two have one time: the order in which they came decides.
        foreach (var (text, at) in ((string, int)[])[("a", 0), ("b", 1), ("c", 1), ("d", 2), ("e", 3)])
            id = await ReceiveAsync(_shop, "42", text, at);
        var ids = (await _agent.GetFromJsonAsync<JsonElement>($"/ui/conversations/{id}/messages")).GetProperty("data").EnumerateArray()
            .ToDictionary(item => item.GetProperty("text").GetString()!, item => item.GetProperty("id").GetString());

        var asked = query.Split('&').Select(part => part.Split('=')).Select(
            part => $"{part[0]}={(ids.TryGetValue(part[1], out var named) ? named : part[1])}");
        var page = await _agent.GetFromJsonAsync<JsonElement>($"/ui/conversations/{id}/messages?{string.Join('&', asked)}");

        Texts(page).ShouldBe(expected);
        (page.GetProperty("next_cursor").ValueKind == JsonValueKind.String).ShouldBe(goesOn);
        if (!goesOn) return;
        var next = await _agent.GetFromJsonAsync<JsonElement>(
            $"/ui/conversations/{id}/messages?limit=1&cursor={page.GetProperty("next_cursor")}");
        Texts(next).ShouldBe($"{(char)(expected[^1] - 1)}", "older ones follow");
    }

    [Fact]
    public async Task A_page_around_a_message_of_another_thread_is_not_there()
    {
        var id = await ReceiveAsync(_shop, "42", "a", 0);
        var other = await ReceiveAsync(_shop, "43", "b", 0);
        var theirs = (await _agent.GetFromJsonAsync<JsonElement>($"/ui/conversations/{other}/messages")).GetProperty("data")[0]
            .GetProperty("id").GetString();

        foreach (var place in (string[])["around", "before", "after"])
        {
            (await _agent.GetAsync($"/ui/conversations/{id}/messages?{place}={theirs}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await _agent.GetAsync($"/ui/conversations/{id}/messages?{place}=nonsense")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await _agent.GetAsync($"/ui/conversations/{other}/messages?around={theirs}&after={theirs}")).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("/ui/conversations")]
    [InlineData("/api/v1/conversations")]
    public async Task One_conversation_is_shown_as_the_list_shows_it(string path)
    {
        var id = await ReceiveAsync(_shop, "42", "a", 0);

        var one = await _agent.GetFromJsonAsync<JsonElement>($"{path}/{id}");

        one.GetRawText().ShouldBe((await ListAsync(_agent, path)).ShouldHaveSingleItem().GetRawText());
    }

    /// <summary>The stream is open from a place on, the list is read, and what comes above the list's sequence is applied to it.</summary>
    [Theory]
    [InlineData("/ui/conversations")]
    [InlineData("/ui/conversations/ID")]
    [InlineData("/ui/conversations/ID/messages")]
    [InlineData("/ui/counters")]
    [InlineData("/ui/search?q=a")]
    [InlineData("/api/v1/conversations")]
    public async Task A_list_says_how_far_the_log_had_come_before_it(string path)
    {
        var id = await ReceiveAsync(_shop, "42", "a", 0);
        async Task<string> SequenceAsync() =>
            (await _agent.GetAsync(path.Replace("ID", id.Value, StringComparison.Ordinal))).Headers.GetValues("Event-Sequence").Single();

        (await SequenceAsync()).ShouldBe("0");
        await _agent.PostAsync($"/ui/conversations/{id}/read", null);

        (await SequenceAsync()).ShouldBe("1");
    }

    [Fact]
    public async Task A_thread_is_unread_again_for_everybody_once_somebody_says_so()
    {
        var id = await ReceiveAsync(_shop, "42", "a", 0);
        await _agent.PostAsync($"/ui/conversations/{id}/read", null);

        (await _agent.PostAsync($"/ui/conversations/{id}/unread", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _agent.PostAsync($"/ui/conversations/{id}/unread", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await ListAsync(_agent, "/ui/conversations?unread=true")).ShouldHaveSingleItem().GetProperty("unread_count").GetInt32()
            .ShouldBe(1);
        await using var db = _store.Read();
        (await db.Events.OrderBy(row => row.Sequence).ToListAsync()).ConvertAll(row => JsonElement.Parse(row.Body).GetProperty("data")
            .GetProperty("conversation").GetProperty("unread_count").GetInt32()).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Reading_a_thread_is_news_once()
    {
        var id = await ReceiveAsync(_shop, "42", "a", 0);

        (await _agent.PostAsync($"/ui/conversations/{id}/read", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _agent.PostAsync($"/ui/conversations/{id}/read", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await using var db = _store.Read();
        (await db.Conversations.SingleAsync()).UnreadCount.ShouldBe(0);
        var told = JsonElement.Parse((await db.Events.SingleAsync()).Body);
        told.GetProperty("type").GetString().ShouldBe("conversation.updated");
        told.GetProperty("data").GetProperty("conversation").GetProperty("unread_count").GetInt32().ShouldBe(0);
        told.GetProperty("data").GetProperty("conversation").GetProperty("last_message").GetProperty("text").GetString().ShouldBe("a");
    }

    [Fact]
    public async Task Another_tenants_conversation_is_not_there()
    {
        var id = await ReceiveAsync(_cafe, "43", "theirs", 0);

        (await _agent.GetAsync($"/ui/conversations/{id}/messages")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync($"/ui/conversations/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.PostAsync($"/ui/conversations/{id}/read", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.PostAsync($"/ui/conversations/{id}/unread", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync($"/ui/conversations?account_id={_cafe.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync("/ui/conversations?account_id=nonsense")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync("/ui/conversations/nonsense/messages")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ListAsync(_agent, "/ui/conversations")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("!!")]
    [InlineData("MTIz")]
    [InlineData("MTIzLjQ1Ng")]
    [InlineData("OTk5OTk5OTk5OTk5OTk5OTkuY29udl8x")]
    public async Task A_cursor_that_is_none_is_refused(string cursor)
    {
        var response = await _agent.GetAsync($"/ui/conversations?cursor={cursor}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("bad_cursor");
    }

    /// <summary>A sort or a scan of a whole table is what makes a list slow at a million rows and not at ten.</summary>
    [Fact]
    public async Task Lists_threads_and_feeds_walk_along_their_indexes_however_much_there_is()
    {
        await using var db = _store.Read();
        var after = new TimeIdCursor(Start, "conv_1");
        var mine = AccountReach.Of(_shop.Id);
        var both = AccountReach.Of(_shop.Id, _cafe.Id);
        foreach (var accounts in (AccountReach[])[AccountReach.All, mine, both])
        {
            // One walk for each account, or one for all: a single walk over several accounts would have to sort everything behind the
            // cursor.
            var walks = accounts.IsAll ? 1 : accounts.Listed.Count;
            foreach (var cursor in (TimeIdCursor?[])[null, after])
            {
                var place = (accounts.IsAll, cursor) switch
                {
                    (true, null) => "SCAN conversations USING COVERING INDEX IX_conversations_last_message_at_id_account_id_unread_count",
                    (true, _) => "SEARCH conversations USING COVERING INDEX IX_conversations_last_message_at_id_account_id_unread_count "
                        + "(last_message_at<?)",
                    (_, null) => "SEARCH conversations USING COVERING INDEX IX_conversations_account_id_last_message_at_id_unread_count "
                        + "(account_id=?)",
                    _ => "SEARCH conversations USING COVERING INDEX IX_conversations_account_id_last_message_at_id_unread_count "
                        + "(account_id=? AND last_message_at<?)",
                };
                Walks(
                    await QueryPlan.OfAsync(new ConversationQuery(accounts, null, null, cursor, 51).Keys(db)),
                    "conversations").ShouldBe(Enumerable.Repeat(place, walks));
                // Who sees too many accounts to ask each walks along the list, and meets every thread that wants nothing.
                if (accounts.IsAll) Walks(
                    await QueryPlan.OfAsync(new ConversationQuery(accounts, null, true, cursor, 51).Keys(db)),
                    "conversations").ShouldBe([place]);
            }

            // A SCAN here is of the pages that the walks have found; one of the table would be a walk too few.
            var feed = Walks(await QueryPlan.OfAsync(EventPages.Query(db, accounts, 100, 1_000_000, 51)), "e[0-9]*")
                .FindAll(line => line.StartsWith("SEARCH", StringComparison.Ordinal));
            feed.Count.ShouldBe(walks);
            var range = accounts.IsAll ? "PRIMARY KEY (rowid>? AND rowid<?)" : "(account_id=? AND sequence>? AND sequence<?)";
            feed.ShouldAllBe(line => line.EndsWith(range, StringComparison.Ordinal), string.Join('\n', feed));
        }

        Walks(
            await QueryPlan.OfAsync(ConversationThread.Newer(db, ConversationId.Parse("conv_1"), new(Start, 7), 51)), "m[0-9]*")
            .Where(line => line.Contains(" INDEX IX_messages_", StringComparison.Ordinal)).ShouldHaveSingleItem()
                .ShouldEndWith("(conversation_id=? AND sent_at>?)");
        Walks(
            await QueryPlan.OfAsync(ConversationThread.Query(db, ConversationId.Parse("conv_1"), new(Start, 7), 51)), "m[0-9]*")
            .Where(line => line.Contains(" INDEX IX_messages_", StringComparison.Ordinal)).ShouldHaveSingleItem()
                .ShouldEndWith("(conversation_id=? AND sent_at<?)");
    }

    /// <summary>A queue is few among many: whoever walked over the many would be slow at a million messages and not at ten.</summary>
    [Fact]
    public async Task Queues_and_counters_walk_along_an_index_of_what_waits()
    {
        await using var db = _store.Read();
        const string Index = "SEARCH conversations USING INDEX IX_conversations_attention_account_id_last_message_at_id ";
        var mine = AccountReach.Of(_shop.Id);
        var after = new TimeIdCursor(Start, "conv_1");
        foreach (var (cursor, soonest) in ((TimeIdCursor?, bool)[])[(null, false), (after, false), (null, true), (after, true)])
        {
            var query = new ConversationQuery(mine, null, null, cursor, 51)
            {
                AwaitsReply = true,
                OldestFirst = soonest,
                Sent = soonest ? QueueWords.Sent("open", Start) : null,
            };
            var plan = await QueryPlan.OfAsync(query.Keys(db));
            plan.FindAll(line => line.Contains(" conversations", StringComparison.Ordinal)).ShouldAllBe(
                line => line.StartsWith(Index + "(attention=? AND account_id=?", StringComparison.Ordinal), string.Join('\n', plan));
            plan.ShouldNotContain("USE TEMP B-TREE FOR LAST TERM OF ORDER BY");
        }

        var (sql, arguments) = QueueCounters.ToSql([_shop.Id], "attention IN (2, 3, 6, 7)", AttentionColumn.Hint(db));
        (await QueryPlan.OfAsync(db, sql, arguments)).FindAll(line => line.Contains(" conversations", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldBe(Index + "(attention=? AND account_id=?)");
    }

    /// <summary>How a plan goes through a table, which it names by its alias.</summary>
    private static List<string> Walks(List<string> plan, string alias) =>
        plan.FindAll(line => Regex.IsMatch(line, $"^(SCAN|SEARCH) {alias}( |$)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));

    private static string Texts(JsonElement page) =>
        string.Concat(page.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("text").GetString()));

    private static async Task<List<JsonElement>> ListAsync(HttpClient client, string path) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(path)).GetProperty("data").EnumerateArray()];

    private Task<ConversationId> ReceiveAsync(Account account, string contact, string text, int minute) =>
        _store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var contactId = InstagramUserId.Parse(contact);
        var conversation = await scope.Db.Conversations.SingleOrDefaultAsync(
            row => row.AccountId == account.Id && row.ContactId == contactId);
        conversation ??= scope.Db.Add(Conversation.Begin(account.Id, contactId, Start, ConversationId.New(TimeProvider.System))).Entity;
        var at = Start + TimeSpan.FromMinutes(minute);
        var message = Message.Receive(
            conversation,
            MessageContent.OfText(text),
            InstagramMessageId.Parse(text + contact),
            at,
            at,
            MessageId.New(TimeProvider.System));
        scope.Db.Add(message);
        conversation.Add(message, at);
        return conversation.Id;
    });
}
