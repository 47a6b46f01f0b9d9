using System.Collections.Concurrent;
using InstaMessenger.Simulator.Records;

namespace InstaMessenger.Simulator.Crm;

/// <summary>One simulated CRM, at <c>POST /crm/{name}</c>.</summary>
public sealed class CrmInbox
{
    private readonly ConcurrentDictionary<string, int> _attempts = new();
    private readonly ConcurrentQueue<CrmBehaviour> _next = new();
    private string[] _secrets = [];
    private long _untrusted;
    private long _acknowledged;

    internal CrmInbox(string name, int recordLimit)
    {
        Name = name;
        Deliveries = new(recordLimit);
    }

    /// <summary>The name in the path.</summary>
    public string Name { get; }

    /// <summary>Secrets that sign; several while one is rotated. <c>whsec_…</c> is base64, anything else is its UTF-8 bytes.</summary>
    public IReadOnlyList<string> Secrets
    {
        get => _secrets;
        set
        {
            _secrets = [.. value];
            Keys = [.. _secrets.Select(CrmSignature.Key)];
        }
    }

    /// <summary>How it answers unless <see cref="Next"/> says otherwise.</summary>
    public CrmBehaviour Behaviour { get; set; } = new();

    /// <summary>Every delivery of this inbox.</summary>
    public RecordLog<CrmDelivery> Deliveries { get; }

    /// <summary>How many different <c>webhook-id</c>s were received.</summary>
    public int DistinctIds => _attempts.Count;

    /// <summary>Deliveries with a wrong signature or an old timestamp.</summary>
    public long Untrusted => Interlocked.Read(ref _untrusted);

    /// <summary>Deliveries answered 2xx.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    internal byte[][] Keys { get; private set; } = [];

    /// <summary>How often an id was received; 0 for never.</summary>
    public int AttemptsOf(string webhookId) => _attempts.GetValueOrDefault(webhookId);

    /// <summary>The next deliveries are answered differently.</summary>
    public void Next(CrmBehaviour behaviour, int times = 1)
    {
        for (var i = 0; i < times; i++) _next.Enqueue(behaviour);
    }

    /// <summary>Forgets what was received; keeps the secrets, and answers healthily again.</summary>
    public void Reset()
    {
        _attempts.Clear();
        _next.Clear();
        Behaviour = new();
        Deliveries.Clear();
        Interlocked.Exchange(ref _untrusted, 0);
        Interlocked.Exchange(ref _acknowledged, 0);
    }

    internal int Count(string webhookId) => _attempts.AddOrUpdate(webhookId, 1, static (_, count) => count + 1);

    internal CrmBehaviour Take() => _next.TryDequeue(out var next) ? next : Behaviour;

    internal void Add(CrmDelivery delivery)
    {
        if (!delivery.Trusted) Interlocked.Increment(ref _untrusted);
        if (delivery.Acknowledged) Interlocked.Increment(ref _acknowledged);
        Deliveries.Add(delivery);
    }
}
