using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Removes dead letters of messages that were taken back since. Handled after all they would leave nothing either: their place in the
/// thread is taken by the deleted message.
/// </summary>
internal sealed class UnsentLetters(
    IDbContextFactory<StoreDbContext> factory, IUnitOfWork<StoreDbContext> unitOfWork, Leases<StoreDbContext> leases) : Worker
{
    private const int AtOnce = 100;

    /// <summary>The letter behind which this walk goes on.</summary>
    private long _last;

    public override string Name => "store.unsent-letters";

    public override TimeSpan Interval => TimeSpan.FromMinutes(10);

    /// <summary>Two processes that look do no harm, but look twice.</summary>
    public override ILease Lease { get; } = leases.Of("store.unsent-letters");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var letters = await db.Set<DeadLetter>().Where(row => row.Id > _last && row.Queue == InboundSetup.Queue).OrderBy(row => row.Id)
            .Select(row => new { row.Id, row.Body }).Take(AtOnce).ToListAsync(cancellationToken);
        var read = letters.ConvertAll(letter => (letter.Id, Messages: MessagesOf(letter.Body)));
        var mids = read.SelectMany(letter => letter.Messages).Select(message => (InstagramMessageId?)message.Mid).Distinct().ToList();
        var unsent = mids.Count == 0 ? [] : await UnsentAsync(db, mids, cancellationToken);
        var obsolete = read.FindAll(letter => letter.Messages.Count > 0 && letter.Messages.TrueForAll(unsent.Contains))
            .ConvertAll(letter => letter.Id);
        if (obsolete.Count > 0)
        {
            await unitOfWork.ExecuteAsync(
                scope => scope.Db.Set<DeadLetter>().Where(row => obsolete.Contains(row.Id)).ExecuteDeleteAsync(), cancellationToken);
        }

        _last = letters.Count == AtOnce ? letters[^1].Id : 0;
        return letters.Count == AtOnce ? NextRound.Now : NextRound.WhenWoken;
    }

    /// <summary>Returns which of these messages were taken back, each under every id that webhooks name its account by.</summary>
    private static async Task<HashSet<(string Channel, InstagramMessageId Mid)>> UnsentAsync(
        StoreDbContext db, List<InstagramMessageId?> mids, CancellationToken cancellationToken)
    {
        var rows = await db.Messages.Where(message => mids.Contains(message.InstagramMessageId) && message.Kind == MessageKind.Deleted)
            .Join(
                db.AccountIdentifiers,
                message => message.AccountId,
                identifier => identifier.AccountId,
                (message, identifier) => new { identifier.ExternalId, message.InstagramMessageId })
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => (row.ExternalId, row.InstagramMessageId!.Value))];
    }

    /// <summary>Returns the messages that a letter holds; none when it holds anything else, which is kept.</summary>
    private static List<(string Channel, InstagramMessageId Mid)> MessagesOf(byte[] letter)
    {
        try
        {
            using var json = JsonDocument.Parse(letter);
            var items = MetaWebhook.Read(json.RootElement.GetProperty("body").GetBytesFromBase64());
            var messages = items.Where(item => item.Name is "message" or "message_edit")
                .Select(item => (item.ChannelId, Mid: QuarantinedUnsends.MidOf(item))).Where(message => message.Mid is not null).ToList();
            return messages.Count == items.Count ? messages.ConvertAll(message => (message.ChannelId, message.Mid!.Value)) : [];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return [];
        }
    }
}
