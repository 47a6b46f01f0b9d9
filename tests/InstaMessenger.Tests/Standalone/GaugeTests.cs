using System.Text.RegularExpressions;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Standalone;

/// <summary>What an operator sees at <c>/metrics</c> of the running product.</summary>
public sealed partial class GaugeTests : IDisposable
{
    private static readonly string[] Gauges =
    [
        "journal_backlog{database=\"ingress\"}", "journal_backlog_age_seconds{database=\"ingress\"}",
        "outbox_backlog{database=\"store\"}", "outbox_backlog{database=\"sender\"}", "outbox_backlog{database=\"crm-forwarder\"}",
        "outbox_backlog_age_seconds{database=\"store\"}",
        "dead_letters_rows{database=\"store\"}", "dead_letters_rows{database=\"sender\"}", "dead_letters_rows{database=\"crm-forwarder\"}",
        "event_log_backlog{database=\"store\"}", "event_log_backlog_age_seconds{database=\"store\"}",
        "quarantine_rows{database=\"store\"}",
        "sends_waiting{database=\"sender\"}", "sends_waiting_age_seconds{database=\"sender\"}", "sends_unknown{database=\"sender\"}",
        "accounts_action_needed{database=\"sender\"}", "accounts_tokens_ending{database=\"sender\"}",
        "downloads_waiting{database=\"sender\"}", "downloads_waiting_age_seconds{database=\"sender\"}",
        "deliveries_waiting{database=\"crm-forwarder\"}",
        "deliveries_waiting_age_seconds{database=\"crm-forwarder\"}",
        "deliveries_dead{database=\"crm-forwarder\"}",
        "worker_lag_seconds{worker=\"store-gauges\"}",
        "worker_interval_seconds{worker=\"store-gauges\"}",
        "worker_failures{worker=\"store-gauges\"}",
    ];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Every_backlog_of_the_product_is_on_the_metrics_port()
    {
        var port = FreePort.Take();
        await using var product = await ServiceUnderTest.StartAsync(
            StandaloneHost.Build(ServiceUnderTest.Arguments(_folder.Path, $"Metrics:Port={port}", "Metrics:Host=127.0.0.1")));

        var missing = Gauges.ToList();
        var text = "";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (missing.Count > 0)
        {
            text = Scope().Replace(await product.Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), limit.Token), "{");
            missing = Gauges.Where(gauge => !text.Contains('\n' + gauge + ' ', StringComparison.Ordinal)).ToList();
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token)
                .ContinueWith(_ => { }, TaskScheduler.Default);
            if (limit.IsCancellationRequested) missing.ShouldBeEmpty(text);
        }
    }

    [Fact]
    public async Task Every_gauge_and_what_to_do_about_it_is_in_the_operations_page()
    {
        var page = await File.ReadAllTextAsync(RepositoryRoot.Of("docs", "operations.md"), TestContext.Current.CancellationToken);

        Gauges.Select(gauge => gauge.Split('{')[0].Replace("_seconds", "", StringComparison.Ordinal)).Append("store_streams_open")
            .Append("gateway_streams_open").Distinct()
            .Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal)
                && !page.Contains($"`{name}_seconds`", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The exporter's own label.</summary>
    [GeneratedRegex("""\{otel_scope_name="InstaMessenger",?""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Scope();
}
