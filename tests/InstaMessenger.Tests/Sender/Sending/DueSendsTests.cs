using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>
/// The rule of order as a table: what stands in a lane, and which of it may go. On the database, because there the rule runs.
/// </summary>
public sealed class DueSendsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly SqliteSenderDbContext _db;

    public DueSendsTests()
    {
        _connection.Open();
        _db = new SqliteSenderDbContext(new DbContextOptionsBuilder<SqliteSenderDbContext>().UseSqlite(_connection).Options);
        _db.Database.Migrate();
    }

    public void Dispose()
    {
        _db.Dispose();
        _connection.Dispose();
    }

    [Theory]
    [InlineData("queued queued queued", "1")]
    [InlineData("sent queued queued", "2")]
    [InlineData("rejected queued queued", "2")]
    [InlineData("unknown queued queued", "")]
    [InlineData("sought queued queued", "2")]
    [InlineData("old queued queued", "2")]
    [InlineData("left queued queued", "2")]
    [InlineData("claimed queued queued", "")]
    [InlineData("queued claimed queued", "")]
    [InlineData("waiting queued queued", "1")]
    [InlineData("later queued queued", "")]
    [InlineData("sent sent sent", "")]
    public async Task Of_a_lane_only_the_earliest_open_send_may_go_and_one_at_a_time(string lane, string expected)
    {
        await AddAccountAsync();
        await AddLaneAsync(lane, "42");
        (await FindAsync()).ShouldBe(Parse(expected));
    }

    [Fact]
    public async Task One_contact_does_not_hold_up_another()
    {
        await AddAccountAsync();
        await AddLaneAsync("claimed queued", "42");
        await AddLaneAsync("queued queued", "43");
        (await FindAsync()).ShouldBe([3L]);
    }

    [Theory]
    [InlineData("ready", "1")]
    [InlineData("unknown", "")]
    [InlineData("older", "")]
    [InlineData("paused", "")]
    [InlineData("pause over", "1")]
    [InlineData("token refused", "")]
    [InlineData("unlinked", "")]
    public async Task A_send_waits_for_its_account(string account, string expected)
    {
        if (account != "unknown") await AddAccountAsync(account);
        await AddLaneAsync("queued", "42");
        (await FindAsync()).ShouldBe(Parse(expected));
    }

    /// <summary>The account may be another process's by now: the call of a probe may last longer than its owner's time.</summary>
    [Theory]
    [InlineData("ready", "2")]
    [InlineData("pause over", "")]
    public async Task An_account_that_recovers_has_no_second_probe_while_a_call_of_it_is_under_way_anywhere(string account, string expected)
    {
        await AddAccountAsync(account);
        await AddLaneAsync("claimed", "42");
        await AddLaneAsync("queued", "43");
        (await FindAsync()).ShouldBe(Parse(expected));
    }

    [Fact]
    public async Task A_send_whose_window_has_closed_is_not_for_the_dispatcher()
    {
        await AddAccountAsync();
        await AddLaneAsync("queued", "42");
        (await FindAsync(Now.AddHours(24))).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_without_tokens_is_left_out()
    {
        await AddAccountAsync();
        await AddLaneAsync("queued", "42");
        await AddLaneAsync("queued", "43", "video");
        (await DueSends.Find(_db.Ledger, _db.Accounts, Now, [Account], [], Now).ToListAsync()).ShouldBeEmpty();
        (await DueSends.Find(_db.Ledger, _db.Accounts, Now, [], [Account], Now).Select(send => send.Sequence).ToListAsync())
            .ShouldBe([1L]);
    }

    [Fact]
    public async Task An_account_of_another_process_is_left_to_it_until_its_time_is_over()
    {
        await AddAccountAsync();
        await AddLaneAsync("queued", "42");
        await _db.Accounts.ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Owner, "other").SetProperty(row => row.OwnedUntil, Now.AddSeconds(5)));

        (await DueSends.Find(_db.Ledger, _db.Accounts, Now, [], [], Now, "me").ToListAsync()).ShouldBeEmpty();
        (await DueSends.Find(_db.Ledger, _db.Accounts, Now, [], [], Now, "other").ToListAsync()).ShouldHaveSingleItem();
        (await DueSends.Find(_db.Ledger, _db.Accounts, Now.AddSeconds(5), [], [], Now, "me").ToListAsync()).ShouldHaveSingleItem();
    }

    private static List<long> Parse(string expected) => [.. expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];

    private async Task<List<long>> FindAsync(DateTimeOffset? now = null) =>
        [.. (await DueSends.Find(_db.Ledger, _db.Accounts, now ?? Now, [], [], Now.AddSeconds(-65)).ToListAsync())
            .Select(send => send.Sequence)];

    private async Task AddAccountAsync(string condition = "ready")
    {
        var version = condition == "older" ? 4 : 5;
        var account = SendingAccount.Of(new AccountChanged(
            Account, version, InstagramAccountId.Parse("1"), LoginType.Instagram, "token", null, null, condition == "unlinked"));
        if (condition == "paused") account.Pause(Now.AddSeconds(1), "rate_limited", Now);
        if (condition == "pause over") account.Pause(Now, "rate_limited", Now.AddMinutes(-1));
        if (condition == "token refused") account.RefuseToken("token");
        _db.Add(account);
        await _db.SaveChangesAsync();
    }

    private async Task AddLaneAsync(string lane, string contact, string? attachment = null)
    {
        foreach (var state in lane.Split(' '))
        {
            var send = new SendMessage(
                MessageId.New(TimeProvider.System), Account, 5, InstagramUserId.Parse(contact),
                attachment is null ? new OutgoingText("hello") : new OutgoingMedia(attachment, "https://example.org/a"), false, null, Now);
            var row = LedgerEntry.Of(new BusItem<SendMessage>("1", null, send), Now);
            var error = new SendError("code", "message", true, null);
            if (state != "queued") row.Claim("test", Now.AddMinutes(1));
            if (state == "sent") row.MarkSent(InstagramMessageId.Parse("mid"), Now);
            if (state == "rejected") row.Reject(error, Now);
            if (state is "unknown" or "sought" or "left") row.MarkUnknown(error, Now.AddSeconds(-64), Now);
            if (state == "old") row.MarkUnknown(error, Now.AddSeconds(-66), Now);
            if (state == "sought") row.NoteAbsent(Now, Now.AddMinutes(4));
            if (state == "left") row.LeaveToPeople(error);
            if (state == "waiting") row.Wait(error, Now);
            if (state == "later") row.Wait(error, Now.AddSeconds(1));
            _db.Add(row);
            await _db.SaveChangesAsync();
        }
    }
}
