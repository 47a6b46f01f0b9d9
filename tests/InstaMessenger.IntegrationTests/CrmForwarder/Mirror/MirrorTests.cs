using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Mirror;
using InstaMessenger.IntegrationTests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.CrmForwarder.Mirror;

/// <summary>What pages make of a CRM's own database, on a real MariaDB: each page once, in order, whatever is asked twice.</summary>
public sealed class MirrorTests(SharedServers servers) : IAsyncLifetime
{
    private const string Account = "acc_1";
    private const string Thread = "conv_1";
    private const string Contact = "6501";

    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private MariaDb _server = null!;
    private string _database = "";
    private string _name = "";
    private MirrorApplier _applier = null!;
    private long _ask;

    public async ValueTask InitializeAsync()
    {
        _server = await servers.MariaDbAsync();
        _database = await _server.NewDatabaseAsync();
        _name = new MySqlConnectionStringBuilder(_database).Database;
        _applier = NewApplier();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_empty_database_gets_the_tables_and_is_filled_before_events_follow()
    {
        (await _applier.ReadAsync(default)).Sequence.ShouldBeNull();

        var begun = await ApplyAsync(Read(null, head: 40));
        (begun.Sequence, begun.Fill).ShouldBe((40, FillPlace.Begin(null)));
        var next = new FillPlace(null, ConversationId.Parse(Thread), 5, 7);
        var half = await ApplyAsync(Read(
            40, head: 41, fill: new Filled(FillPlace.Begin(null), next, [Conversation()], [Message("msg_1", "before")])));
        half.Fill.ShouldBe(next);
        var done = await ApplyAsync(Read(41, head: 41, fill: new Filled(half.Fill!, null, [], [Message("msg_2", "too")])));

        (done.Sequence, done.Fill).ShouldBe((41, null));
        (await AskAsync("SELECT text FROM insta_messages ORDER BY id")).ShouldBe(["before", "too"]);
        (await AskAsync("SELECT CONCAT(username, ' ', follower_count, ' ', is_verified_user, ' ', is_user_follow_business IS NULL) "
            + "FROM insta_contacts")).ShouldBe(["anna 7 1 1"]);
        (await AskAsync("SELECT CONCAT(contact_id, ' ', unread_count) FROM insta_conversations")).ShouldBe([$"{Contact} 2"]);
    }

    [Fact]
    public async Task What_is_told_of_a_message_reaches_its_row()
    {
        await FilledAsync();
        await ApplyAsync(Read(10, head: 14, events:
        [
            Received(11, View("msg_1", "helo", attachments: 1)),
            Event(12, "message.edited", new { message = View("msg_1", "hello", attachments: 1), contact = Person() }),
            Event(13, "message.reaction", Reaction("msg_1", "react", "customer")),
            Event(14, "message.sent", new { message = View("msg_2", "hi", "outbound", "sent", quotes: "msg_1"), contact = Person() }),
        ]));
        (await AskAsync("SELECT CONCAT(text, ' ', (SELECT emoji FROM insta_reactions r WHERE r.message_id = m.id)) FROM insta_messages m "
            + "WHERE id = 'msg_1'")).ShouldBe(["hello ❤️"]);
        (await AskAsync("SELECT id FROM insta_attachments")).ShouldBe(["msg_1_0"]);

        await ApplyAsync(Read(14, head: 15, events:
            [Event(15, "message.read", new { message_id = "msg_2", read_at = Start.AddMinutes(5), contact = Person() })]));
        (await AskAsync("SELECT CONCAT(status, ' ', DATE_FORMAT(read_at, '%H:%i')) FROM insta_messages WHERE id = 'msg_2'"))
            .ShouldBe(["read 12:05"]);

        await ApplyAsync(Read(15, head: 17, events:
        [
            Event(16, "message.reaction", Reaction("msg_1", "unreact", "customer")),
            Event(17, "message.deleted", new { message = View("msg_1", null, kind: "deleted"), contact = Person() }),
        ]));
        (await AskAsync("SELECT CONCAT(kind, ' ', text IS NULL) FROM insta_messages WHERE id = 'msg_1'")).ShouldBe(["deleted 1"]);
        (await AskAsync("SELECT COUNT(*) FROM insta_reactions")).ShouldBe(["0"]);
        (await AskAsync("SELECT COUNT(*) FROM insta_attachments")).ShouldBe(["0"]);
        (await AskAsync("SELECT COALESCE(reply_to_excerpt, 'nothing') FROM insta_messages WHERE id = 'msg_2'")).ShouldBe(["nothing"]);
    }

    [Fact]
    public async Task A_page_that_comes_again_or_late_changes_nothing()
    {
        await FilledAsync();
        var page = Read(10, head: 12, events:
        [
            Event(11, "message.received", new { message = View("msg_1", "one") }),
            Event(12, "message.edited", new { message = View("msg_1", "two") }),
        ]);
        await ApplyAsync(page);
        await ApplyAsync(Read(12, head: 13, events: [Event(13, "message.edited", new { message = View("msg_1", "three") })]));

        (await NewApplier().ApplyAsync(page, default)).Sequence.ShouldBe(13);
        (await AskAsync("SELECT text FROM insta_messages")).ShouldBe(["three"]);

        // Somebody sets it back: what the rows have is newer, and what they lost comes again.
        await _server.ExecuteAsync("UPDATE insta_mirror SET sequence = 10; DELETE FROM insta_messages", _name);
        await ApplyAsync(page with { Head = 13, Last = IdOf(13) });
        (await AskAsync("SELECT text FROM insta_messages")).ShouldBe(["two"]);
        await ApplyAsync(Read(12, head: 13, events: [Event(13, "message.edited", new { message = View("msg_1", "three") })]));
        (await AskAsync("SELECT text FROM insta_messages")).ShouldBe(["three"]);
    }

    [Fact]
    public async Task Two_that_apply_the_same_page_at_once_apply_it_once()
    {
        await FilledAsync();
        var page = Read(10, head: 11, events: [Event(11, "message.received", new { message = View("msg_1", "one") })]);
        var places = await Task.WhenAll(NewApplier().ApplyAsync(page, default), NewApplier().ApplyAsync(page, default));

        places.ShouldAllBe(place => place.Sequence == 11);
        (await AskAsync("SELECT COUNT(*) FROM insta_messages")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Who_is_erased_is_gone_and_the_others_stay()
    {
        await FilledAsync();
        await ApplyAsync(Read(10, head: 13, events:
        [
            Received(11, View("msg_1", "secret", attachments: 1)),
            Event(12, "message.received", new
            {
                message = View("msg_2", "stays", thread: "conv_2"), contact = Person("6502"), conversation = State("conv_2", "6502"),
            }),
            Event(13, "message.reaction", Reaction("msg_1", "react", "customer")),
        ]));
        await ApplyAsync(Read(13, head: 14, events: [Event(14, "contact.erased", new { contact = new { id = Contact } })]));
        (await EverythingAsync()).ShouldBe(["0 reactions", "0 attachments", "stays", "conv_2", "6502"]);

        // An account, which no event tells.
        var erasure = new MirrorErasure("era_1", true, AccountId.Parse(Account), true, null, null, Start.AddHours(1));
        await ApplyAsync(Read(14, head: 14) with { Erasures = [erasure] });
        (await EverythingAsync()).ShouldBe(["0 reactions", "0 attachments"]);
    }

    [Fact]
    public async Task A_fill_that_read_somebody_before_they_were_erased_does_not_bring_them_back()
    {
        await FilledAsync();
        await ApplyAsync(Read(10, head: 11, events:
            [Event(11, "message.received", new { message = View("msg_1", "secret"), contact = Person(), conversation = State() })]));
        await ApplyAsync(Read(11, head: 12, events: [Event(12, "history.progress", new { backfill = new { state = "done" } })]));
        var place = await _applier.ReadAsync(default);
        place.Fill.ShouldBe(FillPlace.Begin(AccountId.Parse(Account)));
        var stale = Read(12, head: 12, fill: new Filled(place.Fill!, null, [Conversation()], [Message("msg_1", "secret")]));
        await ApplyAsync(Read(12, head: 13, events: [Event(13, "contact.erased", new { contact = new { id = Contact } })]));

        (await ApplyAsync(stale)).Fill.ShouldBe(place.Fill);
        (await EverythingAsync()).ShouldBe(["0 reactions", "0 attachments"]);
        var (account, contact) = (AccountId.Parse(Account), InstagramUserId.Parse(Contact));
        var running = new MirrorErasure("era_2", false, account, false, contact, ConversationId.Parse(Thread), Start.AddHours(1));
        await ApplyAsync(stale with { After = 13, Head = 13, Position = 13, Last = IdOf(13), Erasures = [running] });
        (await EverythingAsync()).ShouldBe(["0 reactions", "0 attachments"]);
    }

    [Fact]
    public async Task The_end_of_a_fill_removes_what_the_product_does_not_have_any_more()
    {
        await FilledAsync();
        await ApplyAsync(Read(10, head: 12, events:
        [
            Received(11, View("msg_1", "lost", attachments: 1)), Received(12, View("msg_2", "kept", attachments: 1)),
        ]));
        await _server.ExecuteAsync("UPDATE insta_mirror SET sequence = NULL", _name);
        await ApplyAsync(Read(null, head: 20));
        await ApplyAsync(Read(20, head: 21, fill: new Filled(FillPlace.Begin(null), null, [Conversation()], [Message("msg_2", "kept")]),
            events: [Event(21, "message.received", new { message = View("msg_3", "new", thread: "conv_3") })]));

        (await AskAsync("SELECT text FROM insta_messages ORDER BY id")).ShouldBe(["kept", "new"]);
        (await AskAsync("SELECT COUNT(*) FROM insta_attachments")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task A_mirror_that_missed_what_the_log_has_no_more_is_filled_anew()
    {
        await FilledAsync();
        var place = await ApplyAsync(Read(10, head: 500) with { Oldest = 200 });
        (place.Sequence, place.Fill).ShouldBe((500, FillPlace.Begin(null)));
    }

    [Fact]
    public async Task What_fits_nowhere_is_left_out_and_what_stands_beside_it_is_not()
    {
        await FilledAsync();
        var rotten = View("msg_2", "rotten");
        rotten["sent_at"] = "never";
        // The server refuses this one, and with it the page: its column has no room for the number.
        var huge = View("msg_3", "huge", attachments: 1);
        ((Dictionary<string, object?>[])huge["attachments"]!)[0]["width"] = 1L << 40;
        await ApplyAsync(Read(10, head: 15, events:
        [
            Event(11, "message.received", new { message = View("msg_1", "before") }),
            Event(12, "message.received", new { message = rotten }),
            Event(13, "message.received", new { message = huge }),
            new InboxEvent(14, EventId.Parse("evt_14"), "message.received", AccountId.Parse(Account), 1, null, "no JSON"u8.ToArray()),
            Event(15, "message.received", new { message = View("msg_4", "behind") }),
        ]));

        (await AskAsync("SELECT text FROM insta_messages ORDER BY id")).ShouldBe(["before", "behind"]);
        (await AskAsync("SELECT sequence FROM insta_mirror")).ShouldBe(["15"]);
    }

    [Theory]
    [InlineData("UPDATE insta_mirror SET schema_version = 2", "schema_version is 2")]
    [InlineData("UPDATE insta_mirror SET schema_version = 0", "schema_version is 0")]
    [InlineData("DELETE FROM insta_mirror", "no row")]
    [InlineData("ALTER TABLE insta_messages DROP COLUMN text", "insta_messages.text")]
    [InlineData("ALTER TABLE insta_messages MODIFY sent_at VARCHAR(40)", "insta_messages.sent_at")]
    [InlineData("DROP TABLE insta_contacts", "insta_contacts.account_id")]
    // Of each of these the server would refuse some rows or all, and each of those was left out.
    [InlineData("ALTER TABLE insta_messages MODIFY kind VARCHAR(3) NOT NULL", "insta_messages.kind")]
    [InlineData("ALTER TABLE insta_messages MODIFY text LONGTEXT NOT NULL", "insta_messages.text")]
    [InlineData("ALTER TABLE insta_contacts MODIFY name VARCHAR(255) CHARACTER SET latin1 NULL", "insta_contacts.name")]
    [InlineData("ALTER TABLE insta_messages ADD crm_ticket BIGINT NOT NULL", "insta_messages.crm_ticket")]
    public async Task A_mirror_of_another_shape_is_refused_and_left_as_it_is(string spoil, string why)
    {
        await FilledAsync();
        await _server.ExecuteAsync(spoil, _name);
        var before = await ColumnsAsync();

        (await Should.ThrowAsync<MirrorRefusedException>(() => NewApplier().ReadAsync(default))).Message.ShouldContain(why);
        (await ColumnsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Columns_and_indexes_that_the_CRM_added_are_its_own()
    {
        await FilledAsync();
        await _server.ExecuteAsync(
            "ALTER TABLE insta_messages ADD crm_ticket BIGINT NULL, ADD crm_state INT NOT NULL DEFAULT 0, ADD KEY by_kind (kind), "
            + "ADD crm_number BIGINT NOT NULL AUTO_INCREMENT UNIQUE, ADD crm_day DATE AS (DATE(sent_at)) STORED, MODIFY kind VARCHAR(200) "
            + "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL; CREATE TABLE insta_of_the_crm (id INT NOT NULL)",
            _name);
        await ApplyAsync(Read(10, head: 11, events: [Event(11, "message.received", new { message = View("msg_1", "one") })]));
        await _server.ExecuteAsync("UPDATE insta_messages SET crm_ticket = 7", _name);
        await NewApplier().ApplyAsync(
            Read(11, head: 12, events: [Event(12, "message.edited", new { message = View("msg_1", "two") })]), default);
        (await AskAsync("SELECT CONCAT(text, crm_ticket) FROM insta_messages")).ShouldBe(["two7"]);
    }

    [Fact]
    public async Task A_mirror_of_another_log_is_not_overwritten()
    {
        await FilledAsync();
        await ApplyAsync(Read(10, head: 11, events: [Event(11, "message.received", new { message = View("msg_1", "ours") })]));
        var other = Read(11, head: 12, events: [Event(12, "message.received", new { message = View("msg_9", "theirs") })]);

        await Should.ThrowAsync<MirrorRefusedException>(() => ApplyAsync(other with { Last = EventId.Parse("evt_another") }));
        await Should.ThrowAsync<MirrorRefusedException>(() => ApplyAsync(other with { Head = 5, Oldest = 1, Last = null, Events = [] }));
        (await AskAsync("SELECT text FROM insta_messages")).ShouldBe(["ours"]);
    }

    private MirrorApplier NewApplier() => new(new MirrorDatabase(_database), NullLogger<MirrorApplier>.Instance);

    private Task<MirrorPlace> ApplyAsync(MirrorRead read) => _applier.ApplyAsync(read, default);

    /// <summary>A mirror that has everything up to 10.</summary>
    private async Task FilledAsync()
    {
        await ApplyAsync(Read(null, head: 10));
        await ApplyAsync(Read(10, head: 10, fill: new Filled(FillPlace.Begin(null), null, [], [])));
    }

    private async Task<IReadOnlyList<string>> EverythingAsync() =>
    [
        .. (await AskAsync("SELECT COUNT(*) FROM insta_reactions")).Select(count => $"{count} reactions"),
        .. (await AskAsync("SELECT COUNT(*) FROM insta_attachments")).Select(count => $"{count} attachments"),
        .. await AskAsync("SELECT text FROM insta_messages"),
        .. await AskAsync("SELECT id FROM insta_conversations"),
        .. await AskAsync("SELECT contact_id FROM insta_contacts"),
    ];

    private Task<IReadOnlyList<string>> AskAsync(string sql) => _server.ExecuteAsync(sql, _name);

    private Task<IReadOnlyList<string>> ColumnsAsync() => _server.ExecuteAsync(
        "SELECT CONCAT(table_name, column_name, column_type) FROM information_schema.columns "
        + $"WHERE table_schema = '{_name}' ORDER BY 1");

    /// <summary>A page of a log that has everything since its first event, each with an id made of its sequence.</summary>
    private MirrorRead Read(long? after, long head, Filled? fill = null, IReadOnlyList<InboxEvent>? events = null) => new(
        ++_ask, after, head, 1, after is > 0 ? IdOf(after.Value) : null, events ?? [], head, IdOf(head), fill, [], Start);

    private static EventId IdOf(long sequence) => EventId.Parse($"evt_{sequence}");

    private static InboxEvent Event(long sequence, string type, object data) => new(
        sequence, IdOf(sequence), type, AccountId.Parse(Account), 1, ConversationId.Parse(Thread),
        JsonSerializer.SerializeToUtf8Bytes(new { occurred_at = Start.AddMinutes(sequence), data }));

    private static InboxEvent Received(long sequence, object message) =>
        Event(sequence, "message.received", new { message, contact = Person(), conversation = State() });

    private static Dictionary<string, object?> View(
        string id, string? text, string direction = "inbound", string? status = null, string kind = "text", int attachments = 0,
        string? quotes = null, string thread = Thread) => new()
    {
        ["id"] = id, ["account_id"] = Account, ["conversation_id"] = thread, ["direction"] = direction, ["kind"] = kind, ["text"] = text,
        ["status"] = status, ["sent_at"] = Start, ["received_at"] = Start, ["reactions"] = Array.Empty<object>(),
        ["attachments"] = Enumerable.Range(0, attachments).Select(n => new Dictionary<string, object?>
        {
            ["id"] = $"{id}_{n}", ["media_type"] = "image", ["url"] = "/media", ["state"] = "kept", ["width"] = 3,
        }).ToArray(),
        ["reply_to"] = quotes is null ? null : new { message_id = quotes, excerpt = "hello" },
    };

    private static byte[] Message(string id, string text) => JsonSerializer.SerializeToUtf8Bytes(View(id, text));

    private static object Person(string id = Contact) => new
    {
        id, username = "anna", name = "Anna", follower_count = 7, is_verified_user = true, is_user_follow_business = (bool?)null,
    };

    private static object State(string id = Thread, string contact = Contact) => new
    {
        id, account_id = Account, contact = Person(contact), unread_count = 2, window = new { closes_at = Start }, updated_at = Start,
    };

    private static byte[] Conversation() => JsonSerializer.SerializeToUtf8Bytes(State());

    private static object Reaction(string message, string action, string by) =>
        new { message_id = message, contact = Person(), reaction = new { by, action, reaction = "love", emoji = "❤️", at = Start } };
}
