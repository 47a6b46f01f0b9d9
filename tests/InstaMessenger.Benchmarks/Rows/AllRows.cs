using InstaMessenger.Benchmarks.Measuring;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>The rows of the table, by the names that <c>--only</c> takes.</summary>
internal static class AllRows
{
    private static readonly (string Name, Func<BenchRun, Task> RunAsync)[] All =
    [
        ("ingress", IngressRow.RunAsync),
        ("five", PipelineRows.FiveServicesAsync),
        ("mariadb", PipelineRows.FiveServicesOnMariaDbAsync),
        ("two", PipelineRows.TwoOfEachAsync),
        ("standalone", PipelineRows.StandaloneAsync),
        ("dead-endpoint", DeadEndpointRow.RunAsync),
        ("mirror", MirrorRow.RunAsync),
        ("live", LiveRow.RunAsync),
        ("clients", ClientsRow.RunAsync),
        ("changes", ChangesRow.RunAsync),
        ("media", MediaRow.RunAsync),
        ("reads", ReadsRow.RunAsync),
        ("accounts", AccountsRow.RunAsync),
        ("inbox", InboxRow.RunAsync),
        ("search", SearchRow.RunAsync),
        ("search-mariadb", SearchRow.OnMariaDbAsync),
        ("throttled", ThrottledRow.RunAsync),
        ("streams", IdleStreamsRow.RunAsync),
        ("footprint", FootprintRow.RunAsync),
    ];

    public static IEnumerable<string> Names => All.Select(row => row.Name);

    /// <summary>Runs the rows that are named, in their own order.</summary>
    /// <exception cref="ArgumentException">There is no row of a name.</exception>
    public static async Task RunAsync(BenchRun run, IReadOnlyCollection<string> names)
    {
        if (names.Except(Names).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"There is no row {unknown}; there are {string.Join(", ", Names)}.", nameof(names));
        foreach (var row in All.Where(row => names.Contains(row.Name)))
        {
            Console.Error.WriteLine(row.Name);
            await row.RunAsync(run);
        }
    }
}
