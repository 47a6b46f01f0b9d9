using System.Collections.Concurrent;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Sender.Proofs;

/// <summary>
/// The tokens and codes that Meta is to be asked about, in memory alone: whoever asked is told that Meta was away when no answer comes.
/// </summary>
internal sealed class WaitingProofs : WakeSignal
{
    /// <summary>More than can be answered in time; what comes beyond is dropped.</summary>
    private const int Most = 1000;

    private readonly ConcurrentQueue<object> _questions = new();

    /// <summary>Adds a <see cref="ProveAccess"/> or a <see cref="RedeemCode"/>.</summary>
    public void Add(object question)
    {
        if (_questions.Count >= Most) return;
        _questions.Enqueue(question);
        Wake();
    }

    /// <summary>Takes all that wait.</summary>
    public IReadOnlyList<object> Take()
    {
        List<object> taken = [];
        while (_questions.TryDequeue(out var question)) taken.Add(question);
        return taken;
    }
}
