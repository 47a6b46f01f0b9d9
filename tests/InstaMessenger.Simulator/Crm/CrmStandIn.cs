using System.Collections.Concurrent;
using InstaMessenger.Simulator.Page;
using InstaMessenger.Simulator.Records;

namespace InstaMessenger.Simulator.Crm;

/// <summary>Any number of simulated CRMs, made when first named.</summary>
public sealed class CrmStandIn : IDisposable
{
    private readonly ConcurrentDictionary<string, CrmInbox> _inboxes = new();
    private readonly JsonlFile? _file;
    private readonly int _recordLimit;

    internal CrmStandIn(SimulatorOptions options, Background background, LiveFeed feed)
    {
        _file = JsonlFile.Open(options.CrmRecordPath);
        _recordLimit = options.RecordLimit;
        Clock = options.Clock;
        Feed = feed;
        Stopping = background.Stopping;
        KeptBytes = options.KeepBodies ? options.BodyLimit : null;
        foreach (var (name, secret) in options.CrmSecrets) Inbox(name).Secrets = [secret];
    }

    /// <summary>Every inbox, by name.</summary>
    public IReadOnlyList<CrmInbox> All => [.. _inboxes.Values.OrderBy(inbox => inbox.Name, StringComparer.Ordinal)];

    internal TimeProvider Clock { get; }

    internal LiveFeed Feed { get; }

    internal CancellationToken Stopping { get; }

    internal int? KeptBytes { get; }

    /// <summary>The inbox of that name.</summary>
    public CrmInbox Inbox(string name) =>
        _inboxes.TryGetValue(name, out var known) ? known : _inboxes.GetOrAdd(name, added => new CrmInbox(added, _recordLimit));

    /// <summary>Every inbox forgets what it received and answers healthily again.</summary>
    public void Reset()
    {
        foreach (var inbox in _inboxes.Values) inbox.Reset();
    }

    internal void Record(CrmInbox inbox, CrmDelivery delivery)
    {
        _file?.Append(delivery);
        inbox.Add(delivery);
        Feed.Publish("crm", () => delivery);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
