using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Profiles;

/// <summary>
/// Asks Meta who customers are: claim (committed), call, report. Few of each account in a round, so that no account waits for another one's
/// thousands, and none while an account's sends are held back. To ask twice does no harm, so a claim is over after a minute, and only the
/// last one is recorded.
/// </summary>
internal sealed class ProfileWorker(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    GraphClient graph,
    ProfileSignal signal,
    TimeProvider clock) : Worker
{
    private const int MostAccounts = 8;

    /// <summary>
    /// What is claimed, recorded and reported together: a hop to the store and on to the CRM costs the same for one name as for eight.
    /// </summary>
    private const int MostOfAccount = 8;

    private const int CallsAtOnce = 2;

    /// <summary>
    /// At most 50 look-ups a second: each costs about as much as four messages, and ends in an event that goes to every tap. When thousands
    /// write for the first time at once, the processor is the messages', and the names come behind them.
    /// </summary>
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(20);

    /// <summary>Longer than a call may take.</summary>
    private static readonly TimeSpan Claimed = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);

    private readonly AccountTurns _turns = new();

    public override string Name => "sender.profile-lookups";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var found = await FindAsync(cancellationToken);
        if (found.Count == 0) return NextRound.WhenWoken;
        var claimed = await ClaimAsync(found, cancellationToken);
        var asked = await Task.WhenAll(
            claimed.GroupBy(lookup => lookup.Row.AccountId).Select(lookups => AskAsync([.. lookups], cancellationToken)));
        await RecordAsync([.. asked.SelectMany(answers => answers)], cancellationToken);
        return NextRound.Now.NotSoonerThan(Each * claimed.Count);
    }

    /// <summary>Finds what is due: a few of each of a few accounts, which take turns.</summary>
    private async Task<List<(AccountId Account, InstagramUserId Contact)>> FindAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var due = db.Set<ProfileLookup>().AsNoTracking().Where(row => row.DueAt <= now);
        var accounts = await _turns.NextAsync<ProfileLookup>(db, now, MostAccounts, [], cancellationToken);
        var found = new List<(AccountId, InstagramUserId)>();
        foreach (var account in accounts)
        {
            // Whole rows, so that one that cannot be read is left out here and not in the way of what is claimed together with it.
            var rows = await db.ReadableAsync(
                first => due.Where(row => row.AccountId == account).OrderBy(row => row.DueAt).ThenBy(row => row.ContactId).Take(first),
                MostOfAccount,
                cancellationToken);
            found.AddRange(rows.Select(row => (row.AccountId, row.ContactId)));
        }

        return found;
    }

    private async Task<IReadOnlyList<Lookup>> ClaimAsync(
        List<(AccountId Account, InstagramUserId Contact)> found, CancellationToken cancellationToken)
    {
        var (accountIds, contactIds) = (found.Select(row => row.Account).Distinct().ToList(), found.ConvertAll(row => row.Contact));
        return await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var now = clock.GetUtcNow();
                // Among them is what another account's contact of the same id left, which nobody has read yet.
                var rows = await scope.Db.ReadableAsync(scope.Db.Set<ProfileLookup>().ForUpdate()
                    .Where(row => accountIds.Contains(row.AccountId) && contactIds.Contains(row.ContactId) && row.DueAt <= now)
                    .OrderBy(row => row.AccountId).ThenBy(row => row.ContactId));
                var known = scope.Db.Accounts.AsNoTracking().Where(row => accountIds.Contains(row.AccountId)).OrderBy(row => row.AccountId);
                var accounts = (await scope.Db.ReadableAsync(known)).ToDictionary(row => row.AccountId);
                var paused = accounts.Values.Where(account => account.PausedUntil > now).ToDictionary(
                    account => account.AccountId, account => account.PausedUntil!.Value);
                foreach (var (account, until) in paused) await RestAsync(scope.Db, account, until);
                var claimed = new List<Lookup>();
                foreach (var row in rows.Where(
                    row => !paused.ContainsKey(row.AccountId) && found.Contains((row.AccountId, row.ContactId))))
                {
                    var account = accounts.GetValueOrDefault(row.AccountId);
                    var mayCall = account is { TokenRefused: false, Unlinked: false };
                    row.Claim(now + (mayCall ? Claimed : RetryAfter));
                    // Not before its account is known and has a token; and not for ever.
                    if (mayCall || row.IsSpent) claimed.Add(new Lookup(row, mayCall ? account : null));
                }

                return claimed;
            },
            cancellationToken);
    }

    /// <summary>Asks for contacts of one account. Once Meta names a limit, those who are left are not asked for.</summary>
    private async Task<List<Asked>> AskAsync(List<Lookup> lookups, CancellationToken cancellationToken)
    {
        var asked = new List<Asked>();
        foreach (var lookup in lookups.Chunk(CallsAtOnce))
        {
            var isLimited = asked.Exists(one => one.Answer?.Limit is not null);
            asked.AddRange(await Task.WhenAll(
                lookup.Select(one => isLimited ? Task.FromResult(new Asked(one, null, default)) : AskAsync(one, cancellationToken))));
        }

        return asked;
    }

    private async Task<Asked> AskAsync(Lookup lookup, CancellationToken cancellationToken)
    {
        var (row, account) = lookup;
        var at = clock.GetUtcNow();
        var answer = account is null
            ? ProfileAnswer.Failed
            : await graph.ReadProfileAsync(row.AccountId, account.LoginType, account.ProtectedToken, row.ContactId, cancellationToken);
        return new Asked(lookup, answer, at);
    }

    private async Task RecordAsync(List<Asked> asked, CancellationToken cancellationToken)
    {
        try
        {
            await RecordTogetherAsync(asked, cancellationToken);
        }
        catch (Exception) when (asked.Count > 1 && !cancellationToken.IsCancellationRequested)
        {
            // One that cannot be recorded is asked for again when its claim is over, and keeps no other from being told.
            await Task.WhenAll(asked.Select(one => RecordTogetherAsync([one], cancellationToken)));
        }
    }

    private Task RecordTogetherAsync(List<Asked> asked, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            foreach (var one in asked.Where(one => one.Answer?.Limit is not null)) await HoldBackAsync(scope.Db, one);
            var (accounts, contacts) = (asked.ConvertAll(one => one.Row.AccountId), asked.ConvertAll(one => one.Row.ContactId));
            var rows = await scope.Db.Set<ProfileLookup>().ForUpdate()
                .Where(row => accounts.Contains(row.AccountId) && contacts.Contains(row.ContactId))
                .ToDictionaryAsync(row => (row.AccountId, row.ContactId));
            foreach (var one in asked)
            {
                // Another process has claimed it since, and reports.
                if (!rows.TryGetValue((one.Row.AccountId, one.Row.ContactId), out var kept) || kept.Attempts != one.Row.Attempts) continue;
                if (one.Answer is not { } answer)
                {
                    kept.GiveBack();
                }
                else if (answer.Outcome == ProfileOutcome.Failed && one.Lookup.Account is not null && !kept.IsSpent)
                {
                    kept.DueAt = one.NextAt;
                }
                else
                {
                    scope.Db.Remove(kept);
                    scope.Publish(one.Report(answer), kept.TraceParent);
                }
            }
        },
        cancellationToken);

    private static async Task HoldBackAsync(SenderDbContext db, Asked asked)
    {
        var account = asked.Lookup.Account!;
        await RestAsync(db, account.AccountId, asked.NextAt);
        var held = await db.Accounts.ForUpdate().SingleAsync(row => row.AccountId == account.AccountId);
        await HoldBacks.ApplyAsync(db, held, account.ProtectedToken, asked.Answer!.Limit!, Random.Shared.NextDouble(), asked.At);
    }

    /// <summary>Puts off the account's look-ups: near a limit of Meta's its messages come first.</summary>
    private static Task<int> RestAsync(SenderDbContext db, AccountId account, DateTimeOffset until) =>
        db.Set<ProfileLookup>().Where(row => row.AccountId == account && row.DueAt < until)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, until));

    /// <param name="Row">The row as it was claimed.</param>
    /// <param name="Account">Who asks; null when nobody can.</param>
    private sealed record Lookup(ProfileLookup Row, SendingAccount? Account);

    /// <param name="Lookup">What was claimed.</param>
    /// <param name="Answer">What came of the call; null when it was not made.</param>
    /// <param name="At">When the call began.</param>
    private sealed record Asked(Lookup Lookup, ProfileAnswer? Answer, DateTimeOffset At)
    {
        public ProfileLookup Row => Lookup.Row;

        /// <summary>When one that failed is asked for again.</summary>
        public DateTimeOffset NextAt => At + (Answer?.Limit?.RegainAfter ?? RetryAfter);

        public ProfileReported Report(ProfileAnswer answer) => new(
            Row.AccountId, Row.ContactId, answer.Outcome, answer.Username, answer.Name, answer.PictureUrl, At, answer.Facts);
    }
}
