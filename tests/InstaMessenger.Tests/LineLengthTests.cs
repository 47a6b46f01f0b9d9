using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests;

/// <summary>A line that is longer than a window is read by nobody, and a review of it shows half of it.</summary>
public sealed class LineLengthTests
{
    private const int Longest = 140;

    /// <summary>These have longer lines still. A file leaves the list when it is mended, and none comes into it.</summary>
    private static readonly HashSet<string> NotYet =
    [
        "hosting/Bus/BundleConsumer.cs",
        "hosting/Bus/BundleLane.cs",
        "hosting/Bus/BusSetup.cs",
        "hosting/Bus/BusSubscription.cs",
        "hosting/Bus/BusTopology.cs",
        "hosting/Bus/DeadLetter.cs",
        "hosting/Bus/EarlierQueues.cs",
        "hosting/Bus/LeaveFilter.cs",
        "hosting/Bus/NudgeSetup.cs",
        "hosting/Bus/Nudges.cs",
        "hosting/Bus/RabbitMqTopology.cs",
        "hosting/Database/DatabaseSetup.cs",
        "hosting/Database/DatabaseStarter.cs",
        "hosting/Database/Leases.cs",
        "hosting/Database/RowLocks.cs",
        "hosting/Outbox/Bundler.cs",
        "hosting/Outbox/IRelaySource.cs",
        "hosting/Outbox/OutboxSource.cs",
        "hosting/Outbox/Relay.cs",
        "hosting/Workers/NextRound.cs",
        "hosting/Workers/SharedSignal.cs",
        "hosting/Workers/WakeSignal.cs",
        "hosting/Workers/WorkerSetup.cs",
        "services/ingress/Journaling/Journal.cs",
        "services/ingress/Journaling/JournalSource.cs",
        "services/store/Access/AccessChanges.cs",
        "services/store/Events/EventLog.cs",
        "services/store/Events/EventLogSource.cs",
        "services/store/Events/LiveAccess.cs",
        "services/store/Events/LiveSession.cs",
        "services/store/Events/LiveStream.cs",
        "services/store/Events/LiveTail.cs",
        "services/store/Events/PullFeed.cs",
        "services/store/Inbound/InboundSetup.cs",
        "services/store/Outbound/IdempotencySweep.cs",
        "services/store/StoreSetup.cs",
    ];

    [Theory]
    [InlineData("contracts")]
    [InlineData("hosting")]
    [InlineData("services")]
    public void No_line_of_a_source_file_is_longer_than_140(string folder) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal) && !NotYet.Contains(path))
            .SelectMany(path => File.ReadLines(Path.Combine(RepositoryRoot.Path, path))
                .Select((line, index) => (Line: line, Place: $"{path}:{index + 1}"))
                .Where(line => line.Line.Length > Longest)
                .Select(line => line.Place))
            .ShouldBeEmpty();
}
