using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Profiles;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Sender.Data;

/// <summary>More waits than anybody looks at, most of it of one account.</summary>
public sealed class AccountTurnsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly AccountTurns _turns = new();
    private SqliteSenderDbContext _db = null!;

    public ValueTask InitializeAsync()
    {
        FreshDatabases.PutSender(_folder.Path);
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder.Path, "sender.db"), Pooling = false };
        _db = new SqliteSenderDbContext(new DbContextOptionsBuilder().UseSqlite(connection.ToString()).Options);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_due_is_shown_in_the_order_in_which_it_fell_due()
    {
        await AddAsync("acc_a", 3, TimeSpan.FromMinutes(-1));
        await AddAsync("acc_b", 1, TimeSpan.FromMinutes(-2));
        await AddAsync("acc_c", 1, TimeSpan.FromMinutes(1));

        (await NextAsync(8)).ShouldBe(["acc_b", "acc_a"]);
        (await NextAsync(1)).ShouldBe(["acc_b"]);
        (await NextAsync(8, "acc_b")).ShouldBe(["acc_a"]);
    }

    [Fact]
    public async Task Behind_the_thousands_of_one_account_every_other_has_its_turn()
    {
        await AddAsync("acc_b", 300, TimeSpan.FromHours(-2));
        await AddAsync("acc_a", 1, TimeSpan.FromMinutes(-1));
        await AddAsync("acc_d", 1, TimeSpan.FromMinutes(-1));
        await AddAsync("acc_c", 2, TimeSpan.FromMinutes(1));

        (await NextAsync(2)).ShouldBe(["acc_a", "acc_b"]);
        (await NextAsync(2)).ShouldBe(["acc_d", "acc_a"]);
        (await NextAsync(2)).ShouldBe(["acc_b", "acc_d"]);
        (await NextAsync(8)).ShouldBe(["acc_a", "acc_b", "acc_d"], "each once, however much room there is");
    }

    [Fact]
    public async Task An_account_that_has_its_share_hides_no_other()
    {
        await AddAsync("acc_b", 300, TimeSpan.FromHours(-2));

        (await NextAsync(8, "acc_b")).ShouldBeEmpty();

        await AddAsync("acc_a", 1, TimeSpan.FromMinutes(-1));

        (await NextAsync(8, "acc_b")).ShouldBe(["acc_a"]);
    }

    [Fact]
    public async Task A_row_whose_account_cannot_be_read_is_passed_by()
    {
        await AddAsync("acc_b", 300, TimeSpan.FromHours(-2));
        await _db.Database.ExecuteSqlRawAsync("UPDATE profile_lookups SET account_id = '' WHERE contact_id = '10000'");
        await _db.Database.ExecuteSqlRawAsync("UPDATE profile_lookups SET account_id = 'b' WHERE contact_id = '10001'");

        (await NextAsync(8)).ShouldBe(["acc_b"]);
    }

    private async Task AddAsync(string account, int count, TimeSpan due)
    {
        for (var n = 0; n < count; n++)
        {
            _db.Add(new ProfileLookup
            {
                AccountId = AccountId.Parse(account), ContactId = InstagramUserId.Parse($"{10_000 + n}"), DueAt = Now + due,
            });
        }

        await _db.SaveChangesAsync();
        _db.ChangeTracker.Clear();
    }

    private async Task<IEnumerable<string>> NextAsync(int most, params string[] except) =>
        (await _turns.NextAsync<ProfileLookup>(_db, Now, most, [.. except.Select(AccountId.Parse)], TestContext.Current.CancellationToken))
        .Select(account => account.Value);
}
