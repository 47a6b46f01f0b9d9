using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;

namespace InstaMessenger.IntegrationTests.CrmForwarder.Mirror;

/// <summary>The store's part of a mirror: a log of messages, of which it answers what is asked for.</summary>
internal sealed class MirrorLog : IMessageHandler<CrmForwarderDbContext, ReadMirror>
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<InboxEvent> _events = [];

    public void Say(string text)
    {
        lock (_events)
        {
            var sequence = _events.Count + 1L;
            var message = new
            {
                id = $"msg_{sequence}", account_id = "acc_1", conversation_id = "conv_1", direction = "inbound", kind = "text", text,
                sent_at = Start, received_at = Start, reactions = Array.Empty<object>(), attachments = Array.Empty<object>(),
            };
            _events.Add(new InboxEvent(
                sequence, IdOf(sequence), "message.received", AccountId.Parse("acc_1"), 1, ConversationId.Parse("conv_1"),
                JsonSerializer.SerializeToUtf8Bytes(new { occurred_at = Start.AddMinutes(sequence), data = new { message } })));
        }
    }

    public Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<ReadMirror>> items)
    {
        foreach (var asked in items.Select(item => item.Body)) scope.Publish(AnswerTo(asked));
        return Task.CompletedTask;
    }

    private MirrorRead AnswerTo(ReadMirror asked)
    {
        lock (_events)
        {
            var head = (long)_events.Count;
            var filled = asked.Fill is null ? null : new Filled(asked.Fill, null, [], []);
            var news = asked.After is { } after ? _events.Where(told => told.Sequence > after).ToList() : [];
            return new MirrorRead(
                asked.Ask, asked.After, head, 1, Known(asked.LastSequence), news, head, Known(head), filled, [], Start);
        }
    }

    private static EventId? Known(long? sequence) => sequence is > 0 and { } known ? IdOf(known) : null;

    private static EventId IdOf(long sequence) => EventId.Parse($"evt_{sequence}");
}
