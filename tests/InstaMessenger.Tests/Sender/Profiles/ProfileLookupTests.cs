using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Profiles;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Profiles;

/// <summary>Row, claim, call, report.</summary>
public sealed class ProfileLookupTests : IAsyncLifetime
{
    private FakeGraph _graph = null!;
    private SenderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        _host = await SenderHost.StartAsync(_graph.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task Meta_is_asked_once_for_all_who_ask_and_the_answer_is_reported()
    {
        _graph.Thread = context => FakeGraph.Json(
            context,
            200,
            """
            {"id":"42","name":"Anna","username":"anna.b","profile_pic":"https://cdn.example/a.jpg","follower_count":4200000000,
             "is_user_follow_business":true,"is_business_follow_user":false,"is_verified_user":true,"x":1}
            """);
        // Before the account is known nobody can ask, so both wait.
        await AskAsync(SenderHost.Contact, SenderHost.Contact);
        await AskAsync(SenderHost.Contact);
        (await RowsAsync()).ShouldBe(1);
        await PutOffAsync();
        await _host.LinkAsync();
        await ForgetWaitAsync();

        var read = await _graph.Reads.Reader.ReadAsync(Patience.Token());
        read.Path.ShouldEndWith("/42");
        read.Body.ShouldBe(
            "?fields=name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user");
        read.Authorization.ShouldBe("Bearer IGTOKEN");
        await GoneAsync();
        var report = await _host.Profiles.Reader.ReadAsync(Patience.Token());
        (report.Outcome, report.Username, report.Name, report.PictureUrl)
            .ShouldBe((ProfileOutcome.Found, "anna.b", "Anna", "https://cdn.example/a.jpg"));
        report.Facts.ShouldBe(new ContactFacts(4_200_000_000, FollowsBusiness: true, FollowedByBusiness: false, IsVerified: true));
        _graph.Reads.Reader.TryRead(out _).ShouldBeFalse();
    }

    /// <summary>Meta leaves members out, and what is none of theirs costs nobody their name.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(""","follower_count":-1,"is_user_follow_business":"yes","is_business_follow_user":1,"is_verified_user":null""")]
    [InlineData(""","follower_count":1e99,"is_user_follow_business":{},"is_business_follow_user":[],"is_verified_user":"true" """)]
    public async Task What_Meta_does_not_tell_of_a_person_is_not_known(string rest)
    {
        _graph.Thread = context => FakeGraph.Json(context, 200, $$"""{"id":"42","name":"Anna","username":"anna.b"{{rest}}}""");
        await _host.LinkAsync();

        await AskAsync(SenderHost.Contact);

        var report = await _host.Profiles.Reader.ReadAsync(Patience.Token());
        (report.Username, report.Facts).ShouldBe(("anna.b", ContactFacts.None));
    }

    [Theory]
    [InlineData(400, 100, ProfileOutcome.Withheld)]
    [InlineData(403, 230, ProfileOutcome.Withheld)]
    public async Task Who_has_not_agreed_is_reported_at_once(int status, int code, ProfileOutcome outcome)
    {
        _graph.Thread = context => FakeGraph.Error(status, code)(context, 1);
        await _host.LinkAsync();

        await AskAsync(SenderHost.Contact);

        await GoneAsync();
        (await ReportAsync()).ShouldBe((outcome, null, null, null));
    }

    [Fact]
    public async Task Meta_that_is_away_is_asked_three_times_minutes_apart()
    {
        await _host.LinkAsync();
        await AskAsync(SenderHost.Contact);

        for (var call = 1; call <= 3; call++)
        {
            await _graph.Reads.Reader.ReadAsync(Patience.Token());
            if (call < 3) await ForgetWaitAsync();
        }

        await GoneAsync();
        (await ReportAsync()).ShouldBe((ProfileOutcome.Failed, null, null, null));
    }

    /// <summary>Were the pause counted as attempts, a customer who writes during it would have no name for a day.</summary>
    [Fact]
    public async Task An_account_that_is_held_back_waits_and_is_asked_for_then()
    {
        _graph.Thread = context => FakeGraph.Json(context, 200, """{"id":"42","name":"Anna","username":"anna.b"}""");
        await _host.LinkAsync();
        var until = _host.Clock.GetUtcNow() + TimeSpan.FromHours(2);
        await _host.WriteAsync(async db =>
            (await db.Accounts.SingleAsync()).Pause(until, "rate_limited", _host.Clock.GetUtcNow()));
        await AskAsync(SenderHost.Contact, InstagramUserId.Parse("43"));
        await UntilAsync(async db => await db.Set<ProfileLookup>().AllAsync(row => row.DueAt == until && row.Attempts == 0));
        _graph.Reads.Reader.TryRead(out _).ShouldBeFalse();

        _host.Clock.Advance(TimeSpan.FromHours(2));
        _host.Services.GetRequiredService<ProfileSignal>().Wake();

        (await ReportAsync()).ShouldBe((ProfileOutcome.Found, "anna.b", "Anna", null));
    }

    [Fact]
    public async Task Near_a_limit_of_Metas_the_accounts_look_ups_rest()
    {
        _graph.Thread = context =>
        {
            context.Response.Headers["x-app-usage"] = """{"call_count":96}""";
            return FakeGraph.Json(context, 200, """{"id":"42","name":"Anna","username":"anna.b"}""");
        };
        await _host.LinkAsync();

        await AskAsync([.. Enumerable.Range(1, 5).Select(n => InstagramUserId.Parse($"{n}"))]);

        (await ReportAsync()).Item1.ShouldBe(ProfileOutcome.Found);
        (await ReportAsync()).Item1.ShouldBe(ProfileOutcome.Found);
        var now = _host.Clock.GetUtcNow();
        await UntilAsync(async db => await db.Set<ProfileLookup>().CountAsync(
            row => row.DueAt > now + TimeSpan.FromMinutes(4) && row.Attempts == 0) == 3);
    }

    [Theory]
    [InlineData(400, 80002, "rate_limited", false)]
    [InlineData(401, 190, null, true)]
    [InlineData(403, 230, null, false)]
    public async Task What_Meta_says_of_a_look_up_holds_for_the_accounts_sends_too(int status, int code, string? reason, bool refused)
    {
        _graph.Thread = context => FakeGraph.Error(status, code)(context, 1);
        await _host.LinkAsync();

        await AskAsync(SenderHost.Contact);

        var now = _host.Clock.GetUtcNow();
        await UntilAsync(db => db.Set<ProfileLookup>().AllAsync(row => row.Attempts == 1 && row.DueAt > now + TimeSpan.FromMinutes(2)));
        await using var db = Read();
        var account = await db.Accounts.SingleAsync();
        (account.PauseReason, account.TokenRefused).ShouldBe((reason, refused));
    }

    [Fact]
    public async Task An_account_does_not_wait_for_the_thousands_of_others()
    {
        var waiting = 0;
        _graph.Thread = async context =>
        {
            await using (var db = Read()) waiting = await db.Set<ProfileLookup>().CountAsync(row => row.Attempts == 0);
            await FakeGraph.Json(context, 200, """{"id":"42","name":"Anna","username":"anna.b"}""");
        };
        await _host.LinkAsync();
        await _host.WriteAsync(db =>
        {
            for (var n = 0; n < 800; n++)
            {
                db.Add(new ProfileLookup
                {
                    AccountId = AccountId.Parse($"acc_1{n % 8}"),
                    ContactId = InstagramUserId.Parse($"{n + 1}"),
                    DueAt = DateTimeOffset.UnixEpoch,
                });
            }

            db.Add(new ProfileLookup { AccountId = SenderHost.Account, ContactId = SenderHost.Contact, DueAt = _host.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        _host.Services.GetRequiredService<ProfileSignal>().Wake();

        (await ReportAsync()).Item1.ShouldBe(ProfileOutcome.Found);

        waiting.ShouldBeGreaterThan(650, "the others have eight each in a round");
    }

    [Theory]
    [InlineData("'not digits', 0")]
    [InlineData("'43', -999999999999999999")]
    public async Task A_rotten_row_is_in_nobody_elses_way(string contactAndTime)
    {
        _graph.Thread = context => FakeGraph.Json(context, 200, """{"id":"42","name":"Anna","username":"anna.b"}""");
        await _host.LinkAsync();
        await using (var db = Read())
        {
#pragma warning disable EF1002 // The text is the test's own.
            await db.Database.ExecuteSqlRawAsync(
                $"INSERT INTO profile_lookups (account_id, attempts, contact_id, due_at) VALUES ({{0}}, 0, {contactAndTime})",
                SenderHost.Account.Value);
#pragma warning restore EF1002
        }

        await AskAsync(SenderHost.Contact);

        (await ReportAsync()).ShouldBe((ProfileOutcome.Found, "anna.b", "Anna", null));
    }

    /// <summary>What is claimed together is found by account and by contact, which finds this pair as well.</summary>
    [Fact]
    public async Task A_rotten_row_is_in_nobody_elses_way_who_has_a_contact_of_the_same_id()
    {
        var (other, second) = (AccountId.Parse("acc_2"), InstagramUserId.Parse("43"));
        await _host.LinkAsync();
        await _host.LinkAsync(account: other);
        await _host.WriteAsync(async db =>
        {
            await db.Database.ExecuteSqlRawAsync(
                "INSERT INTO profile_lookups (account_id, attempts, contact_id, due_at) VALUES ('acc_1', 0, '42', -999999999999999999)");
            var now = _host.Clock.GetUtcNow();
            db.Add(new ProfileLookup { AccountId = SenderHost.Account, ContactId = second, DueAt = now });
            db.Add(new ProfileLookup { AccountId = other, ContactId = SenderHost.Contact, DueAt = now });
        });

        await _host.Services.GetRequiredService<ProfileWorker>().RoundAsync(default);

        await using var read = Read();
        var left = await read.Set<ProfileLookup>().Where(row => row.Attempts == 0).Select(row => row.ContactId).ToListAsync();
        left.ShouldBe([SenderHost.Contact], "only the rotten one was not claimed");
    }

    private Task AskAsync(params InstagramUserId[] contacts) =>
        _host.Services.GetRequiredService<IUnitOfWork<SenderDbContext>>().ExecuteAsync(scope =>
            _host.Services.GetRequiredService<LookUpProfileHandler>().HandleAsync(
                scope,
                [
                    .. contacts.Select((contact, n) => new BusItem<LookUpProfile>(
                        $"p-{n}", null, new LookUpProfile(SenderHost.Account, contact, _host.Clock.GetUtcNow()))),
                ]));

    /// <summary>Lets the time of the next try come, once the attempt before it is recorded.</summary>
    private async Task ForgetWaitAsync()
    {
        await PutOffAsync();
        _host.Clock.Advance(TimeSpan.FromMinutes(6));
        _host.Services.GetRequiredService<ProfileSignal>().Wake();
    }

    private Task PutOffAsync()
    {
        var now = _host.Clock.GetUtcNow();
        return UntilAsync(async db => await db.Set<ProfileLookup>().AnyAsync(row => row.DueAt > now + TimeSpan.FromMinutes(2)));
    }

    private Task GoneAsync() => UntilAsync(async db => !await db.Set<ProfileLookup>().AnyAsync());

    private async Task UntilAsync(Func<SenderDbContext, Task<bool>> holds)
    {
        var patience = Patience.Token();
        while (true)
        {
            await using var db = Read();
            if (await holds(db)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience);
        }
    }

    private async Task<int> RowsAsync()
    {
        await using var db = Read();
        return await db.Set<ProfileLookup>().CountAsync();
    }

    private async Task<(ProfileOutcome, string?, string?, string?)> ReportAsync()
    {
        var report = await _host.Profiles.Reader.ReadAsync(Patience.Token());
        return (report.Outcome, report.Username, report.Name, report.PictureUrl);
    }

    private SenderDbContext Read() => _host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContext();
}
