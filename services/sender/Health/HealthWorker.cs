using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Health;

/// <summary>
/// Tells when an account does not stand as it was told last: other problems, or an access that ends in 14, 7 or 1 days. Whatever changes an
/// account marks its row; this looks at the marked ones. Two that look tell once: the row is a part of the unit that tells.
/// </summary>
internal sealed partial class HealthWorker(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    HealthReading reading,
    TimeProvider clock,
    ILogger<HealthWorker> logger) : RowWorker<AccountId>(clock, logger)
{
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "sender.account-health";

    public override TimeSpan Interval => TimeSpan.FromSeconds(2);

    protected override int RowsPerRound => 20;

    protected override async Task<IReadOnlyList<AccountId>> FindAsync(
        IReadOnlyCollection<AccountId> except, int limit, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var due = db.Set<Checkup>().Where(row => row.HealthDueAt <= now && !except.Contains(row.AccountId));
        return await db.ReadableAsync(
            first => due.OrderBy(row => row.HealthDueAt).ThenBy(row => row.AccountId).Select(row => row.AccountId).Take(first),
            limit,
            cancellationToken);
    }

    protected override async Task HandleAsync(IReadOnlyList<AccountId> rows, CancellationToken cancellationToken)
    {
        foreach (var id in rows) await unitOfWork.ExecuteAsync(scope => TellAsync(scope, id), cancellationToken);
    }

    /// <summary>A row that cannot be judged is left alone until something marks it again.</summary>
    protected override Task SetAsideAsync(AccountId row, Exception error, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        scope => scope.Db.Set<Checkup>().Where(other => other.AccountId == row)
            .ExecuteUpdateAsync(set => set.SetProperty(other => other.HealthDueAt, (DateTimeOffset?)null)),
        cancellationToken);

    private async Task TellAsync(WorkScope<SenderDbContext> scope, AccountId id)
    {
        // Locked before anything else is read: what changes the account meanwhile waits, and marks the row again. A health from before the
        // lock would take the mark of that change with it, and nobody would be told.
        if (await scope.Db.Set<Checkup>().ForUpdate().SingleOrDefaultAsync(row => row.AccountId == id) is not { } row) return;
        var now = _clock.GetUtcNow();
        if (!(row.HealthDueAt <= now)) return;
        var account = await scope.Db.Accounts.AsNoTracking().SingleOrDefaultAsync(sending => sending.AccountId == id);
        var health = account is null or { Unlinked: true }
            ? null
            : await reading.OfAsync(scope.Db, account, CancellationToken.None);
        var state = health is null ? row.Told ?? "" : StateOf(health, now);
        var isNews = health is not null && state != (row.Told ?? "");
        row.Tell(state, health is null ? null : NextLook(row.TokenExpiresAt, now));
        if (!isNews) return;
        scope.Publish(new AccountHealthChanged(id, JsonSerializer.SerializeToUtf8Bytes(health, ApiJson.Options)));
        var codes = string.Join(", ", health!.Problems.Select(problem => problem.Code));
        scope.AfterCommit(() => LogChanged(_logger, id, health.Status, codes, health.Token.DaysLeft));
    }

    /// <summary>
    /// What of a health is news when it differs. Not what is wrong with all accounts, which is told by its own means, and not a rate limit,
    /// which comes and goes.
    /// </summary>
    private string StateOf(AccountHealth health, DateTimeOffset now)
    {
        var all = reading.OfAll.Select(problem => problem.Code).ToHashSet();
        var codes = health.Problems.Where(problem => problem.NextStep is not null && !all.Contains(problem.Code)).Select(
            problem => problem.Code == "token_expires_soon"
                ? $"{problem.Code}@{TokenHealth.NoticeDays.Last(day => health.Token.ExpiresAt - now <= TimeSpan.FromDays(day))}"
                : problem.Code);
        var state = string.Join(',', codes.Order(StringComparer.Ordinal));
        return state.Length <= 500 ? state : state[..500];
    }

    /// <summary>The next time at which something is to be told although nothing else happens.</summary>
    private static DateTimeOffset? NextLook(DateTimeOffset? expiresAt, DateTimeOffset now) => expiresAt is { } end
        ? TokenHealth.NoticeDays.Append(0).Select(day => (DateTimeOffset?)end.AddDays(-day)).FirstOrDefault(at => at > now)
        : null;

    [LoggerMessage(
        EventName = "account.health_changed",
        Level = LogLevel.Warning,
        Message = "{AccountId} is {Status} now: {Problems} (days left of the token: {DaysLeft})")]
    private static partial void LogChanged(ILogger logger, AccountId accountId, HealthStatus status, string problems, int? daysLeft);
}
