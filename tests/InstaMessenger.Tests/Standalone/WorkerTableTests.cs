using System.Text.RegularExpressions;
using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.Shared;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Tests.Standalone;

/// <summary>
/// docs/architecture.md says of every background loop what holds when two processes run it; one that is missing was not thought of.
/// </summary>
public sealed partial class WorkerTableTests
{
    [Fact]
    public async Task Every_worker_has_a_row_in_the_table_and_every_row_a_worker()
    {
        using var folder = new TemporaryFolder();
        var (registered, documented) = (new SortedSet<string>(StringComparer.Ordinal), await DocumentedAsync());
        foreach (var bus in new[] { "", "amqp://guest:guest@localhost:1" })
        {
            // MassTransit keeps the log of the last bus of the process, whose host may be gone.
            LogContext.Current = null;
            await using var app = StandaloneHost.Build(ServiceUnderTest.Arguments(
                folder.Path,
                $"ConnectionStrings:RabbitMq={bus}",
                "ConnectionStrings:Store=Server=localhost;Port=1;Database=store",
                "ConnectionStrings:Sender=Server=localhost;Port=1;Database=sender",
                "ConnectionStrings:CrmForwarder=Server=localhost;Port=1;Database=crm_forwarder",
                "ConnectionStrings:CrmMirror=Server=localhost;Port=1;Database=mirror"));
            registered.UnionWith(app.Services.GetServices<IHostedService>().Select(service => service.GetType())
                .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(WorkerLoop<>))
                .Select(type => (Worker)app.Services.GetRequiredService(type.GenericTypeArguments[0]))
                .Where(worker => worker is not GaugeWorker).Select(worker => worker.Name));
        }

        registered.Count.ShouldBeGreaterThan(30);
        registered.Where(name => !documented.Any(row => row.IsMatch(name))).ShouldBeEmpty();
        documented.Where(row => !registered.Any(row.IsMatch)).Select(row => row.ToString()).ShouldBeEmpty();
    }

    /// <summary>The names in the first column, of which a part in braces stands for several.</summary>
    private static async Task<List<Regex>> DocumentedAsync()
    {
        var page = await File.ReadAllLinesAsync(RepositoryRoot.Of("docs", "architecture.md"), TestContext.Current.CancellationToken);
        var rows = page.SkipWhile(line => !line.StartsWith("### What holds per worker", StringComparison.Ordinal))
            .SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.StartsWith('|'));
        return
        [
            .. rows.Select(line => line.Split('|')[1]).Where(cell => !cell.Contains("gauges", StringComparison.Ordinal))
                .SelectMany(cell => Quoted().Matches(cell).Select(match => match.Groups["name"].Value))
                .Select(FormOf),
        ];
    }

    private static Regex FormOf(string name) =>
        new($"^{Placeholder().Replace(name, "[A-Za-z-]+").Replace(".", "\\.", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking);

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{[A-Za-z]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
