using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Health;

/// <summary>The gauges of accounts that somebody must see to.</summary>
internal sealed class AccountGauges(
    IDbContextFactory<SenderDbContext> factory, TimeProvider clock) : GaugeWorker("account-gauges", "sender", clock)
{
    public static readonly Gauge Troubled = new(
        "accounts.action_needed", "{account}", "Accounts for which somebody has to do something.");

    public static readonly Gauge Ending = new(
        "accounts.tokens.ending", "{account}", "Accounts whose access ends within 14 days, because it could not be refreshed.");

    private readonly TimeProvider _clock = clock;

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var soon = _clock.GetUtcNow().AddDays(TokenHealth.NoticeDays[0]);
        var rows = db.Set<Checkup>().OrderBy(row => row.AccountId);
        Set(Troubled, await rows.Where(row => row.Told != null && row.Told != "").Take(MostRows).CountAsync(cancellationToken));
        Set(Ending, await rows.Where(row => row.TokenExpiresAt <= soon).Take(MostRows).CountAsync(cancellationToken));
    }
}
