using InstaMessenger.Client;

namespace Receiver;

/// <summary>
/// Handles each event once. Replace what <see cref="AnswerAsync"/> does, and keep what is handled in your database: one table of event ids,
/// written in the transaction that handles the event.
/// </summary>
internal sealed class Inbox : IDisposable
{
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    private readonly InstaMessengerClient _client;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly string _handledFile;
    private readonly string _positionFile;
    private readonly HashSet<string> _handled;

    public Inbox(InstaMessengerClient client, string folder)
    {
        _client = client;
        Directory.CreateDirectory(folder);
        (_handledFile, _positionFile) = (Path.Combine(folder, "handled.txt"), Path.Combine(folder, "position.txt"));
        _handled = File.Exists(_handledFile) ? [.. File.ReadLines(_handledFile)] : [];
    }

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Does what an event asks for, once: webhooks come at least once, and the feed shows the same events.</summary>
    public async Task HandleAsync(InboxEvent inboxEvent)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            if (_handled.Contains(inboxEvent.Id)) return;
            // Data is null when the person was erased meanwhile.
            if (inboxEvent.Data is MessageReceived received) await AnswerAsync(inboxEvent.Id, received);
            // After the answer: a crash between the two repeats it, which its idempotency key makes harmless.
            Keep(inboxEvent.Id);
            _handled.Add(inboxEvent.Id);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Handles what the feed has and no webhook brought. The position moves here alone: webhooks come in any order.</summary>
    public async Task CatchUpAsync(CancellationToken stop)
    {
        // At the first start: what was before is not ours to answer.
        if (!File.Exists(_positionFile))
            KeepPosition((await _client.Events.ReadAsync(long.MaxValue, limit: 1, cancellationToken: stop)).LastSequence);
        for (var more = true; more;)
        {
            var position = long.Parse(await File.ReadAllTextAsync(_positionFile, stop));
            try
            {
                var page = await _client.Events.ReadAsync(position, types: EventTypes.MessageReceived, limit: 200, cancellationToken: stop);
                foreach (var inboxEvent in page.Data) await HandleAsync(inboxEvent);
                KeepPosition(page.LastSequence);
                more = page.NextCursor is not null;
            }
            catch (ApiProblemException problem) when (problem.Code == "events_expired")
            {
                // We were away for longer than the log is kept, 30 days. A CRM reads its conversations anew here.
                Console.WriteLine("events were missed: they are not kept any more");
                KeepPosition(problem.Problem.GetProperty("oldest_sequence").GetInt64() - 1);
            }
        }
    }

    /// <summary>Answers a text. Fails when it is worth trying again later.</summary>
    private async Task AnswerAsync(string eventId, MessageReceived received)
    {
        var message = received.Message;
        // What a long outage or a replay brings late is kept, but a late "thank you" only puzzles.
        if (message is not { Kind: "text", Text: { } text, History: false } || TimeProvider.System.GetUtcNow() - message.SentAt > Stale)
            return;
        var start = string.Concat(text.EnumerateRunes().Take(200));
        try
        {
            // The event's id as the key: sent again within 24 hours, it is the same message and not a second one.
            var sent = await _client.Messages.SendAsync(
                new SendMessage
                {
                    AccountId = message.AccountId, RecipientId = received.Contact.Id, Message = $"Thank you for \"{start}\"!",
                },
                idempotencyKey: eventId,
                prefer: "respond-async");
            Console.WriteLine($"answered {message.Id} with {sent.MessageId}");
        }
        catch (ApiProblemException problem) when (!problem.IsTemporary)
        {
            // Like window_closed: no later try would help.
            Console.WriteLine($"{message.Id} is not answered: {problem.Code}");
        }
    }

    private void Keep(string eventId)
    {
        using var file = new FileStream(_handledFile, FileMode.Append);
        file.Write(System.Text.Encoding.ASCII.GetBytes(eventId + "\n"));
        file.Flush(flushToDisk: true);
    }

    private void KeepPosition(long sequence)
    {
        File.WriteAllText(_positionFile + ".new", $"{sequence}");
        File.Move(_positionFile + ".new", _positionFile, overwrite: true);
    }
}

/// <summary>Catches up at the start, and then each minute.</summary>
internal sealed class CatchUp(Inbox inbox) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1));
        do
        {
            try
            {
                await inbox.CatchUpAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // The product is away, or limits us.
                Console.WriteLine($"the feed cannot be read: {error.Message}");
            }
        }
        while (await minute.WaitForNextTickAsync(stoppingToken));
    }
}
