using InstaMessenger.Ingress.Journaling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Ingress.Journaling;

/// <summary>Ingress said Healthy while nothing of what it took could leave it.</summary>
public sealed class BacklogTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public async Task A_journal_that_nobody_empties_makes_ingress_degraded_with_how_much_and_how_old()
    {
        using var folder = new TemporaryFolder();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Directory", folder.Path)]).Build();
        await using var journal = new Journal(settings, Options.Create(new JournalOptions()), _clock, NullLogger<Journal>.Instance);
        using var gauges = new JournalGauges(journal, _clock);
        var check = new BacklogCheck(gauges);

        await gauges.RoundAsync(CancellationToken.None);
        gauges.Read(JournalGauges.Backlog).ShouldBe(0);

        for (var n = 0; n < 3; n++) (await journal.TryAppendAsync("{}"u8.ToArray())).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(59));
        await gauges.RoundAsync(CancellationToken.None);
        gauges.Read(JournalGauges.Backlog).ShouldBe(3);
        gauges.Read(JournalGauges.BacklogAge).ShouldBe(59);
        (await check.CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Healthy);

        _clock.Advance(TimeSpan.FromSeconds(31));
        await gauges.RoundAsync(CancellationToken.None);
        var health = await check.CheckHealthAsync(new HealthCheckContext());
        health.Status.ShouldBe(HealthStatus.Degraded, "webhooks are still kept");
        health.Description.ShouldBe("3 webhooks are kept and not on the bus yet; the oldest came 90 s ago.");
    }
}
