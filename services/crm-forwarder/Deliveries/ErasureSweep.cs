using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Takes what was taken back out of dead letters too, and forgets erasures that are older than anything on its way here. One process does
/// it at a time, but two would do no harm.
/// </summary>
internal sealed class ErasureSweep(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    Leases<CrmForwarderDbContext> leases,
    TimeProvider clock) : Worker
{
    /// <summary>How many rows one transaction writes: few, because on SQLite every other writer waits for it.</summary>
    private const int AtOnce = 500;

    /// <summary>The letter behind which this walk goes on.</summary>
    private long _last;

    public override string Name => "crm-forwarder.erasure-sweep";

    public override TimeSpan Interval => TimeSpan.FromMinutes(10);

    public override ILease Lease { get; } = leases.Of("crm-forwarder.erasure-sweep");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var forgotten = await ForgetAsync(db, cancellationToken);
        var looked = await EraseLettersAsync(db, cancellationToken);
        return forgotten == AtOnce || looked == AtOnce ? NextRound.Now : NextRound.WhenWoken;
    }

    private async Task<int> ForgetAsync(CrmForwarderDbContext db, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - ErasedEvent.Kept;
        var old = await db.ReadableAsync(
            first => db.Set<ErasedEvent>().Where(row => row.ErasedAt < before)
                .OrderBy(row => row.ErasedAt).ThenBy(row => row.EventId).ThenBy(row => row.MessageId)
                .Select(row => row.EventId).Take(first),
            AtOnce,
            cancellationToken);
        if (old.Count > 0)
        {
            await unitOfWork.ExecuteAsync(
                scope => scope.Db.Set<ErasedEvent>().Where(row => old.Contains(row.EventId) && row.ErasedAt < before).ExecuteDeleteAsync(),
                cancellationToken);
        }

        return old.Count;
    }

    private async Task<int> EraseLettersAsync(CrmForwarderDbContext db, CancellationToken cancellationToken)
    {
        var letters = await db.Set<DeadLetter>().Where(row => row.Id > _last && row.Queue == CrmForwarderSetup.EventQueue)
            .OrderBy(row => row.Id).Select(row => new { row.Id, row.Body }).Take(AtOnce).ToListAsync(cancellationToken);
        var read = letters.ConvertAll(letter => (letter.Id, Event: Read(letter.Body))).FindAll(letter => letter.Event is not null);
        var erased = await ErasedMessages.OfAsync(db, read.Select(letter => letter.Event!.Value.Id));
        foreach (var (letter, inboxEvent) in read)
        {
            var (id, shown, json) = inboxEvent!.Value;
            if (!erased.Events.Contains(id)) continue;
            json["body"] = Convert.ToBase64String(erased.Without(id, shown));
            var body = JsonSerializer.SerializeToUtf8Bytes(json);
            await unitOfWork.ExecuteAsync(
                scope => scope.Db.Set<DeadLetter>().Where(row => row.Id == letter)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.Body, body)),
                cancellationToken);
        }

        _last = letters.Count == AtOnce ? letters[^1].Id : 0;
        return letters.Count;
    }

    /// <summary>Reads an event on its way here; null when it is none.</summary>
    private static (EventId Id, byte[] Body, JsonObject Json)? Read(byte[] letter)
    {
        try
        {
            return JsonNode.Parse(letter) is JsonObject json && EventId.TryParse(json["id"]?.GetValue<string>(), out var id)
                && json["body"]?.GetValue<string>() is { } body ? (id, Convert.FromBase64String(body), json) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
