using System.Globalization;
using System.Text.RegularExpressions;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records reactions. Of each side the last one counts, by Meta's clock, so an older one that comes late changes nothing, and neither does
/// one that comes again. One of a message that is not known waits for it; when it does not say whose it is either, it is told as it came.
/// </summary>
internal sealed partial class ReactionArrivals(EventLog log, TimeProvider clock) : IArrivalHandler
{
    public string Name => "reaction";

    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        var read = arrivals.Select(arrival => (Naming: Naming.Of(arrival), Reaction: Read(arrival)))
            .Where(pair => pair.Reaction is not null && pair.Naming.Mid is not null).ToList();
        var named = await NamedMessages.LoadAsync(scope.Db, read.ConvertAll(pair => pair.Naming), clock);
        foreach (var (naming, reaction) in read.Where(pair => named.IsNobodys(pair.Naming) && pair.Naming.Arrival.HasMetasTime))
            React(named.Early, naming, reaction!);
        var silent = read.Where(pair => named.IsOfErased(pair.Naming)).Select(pair => pair.Naming.Arrival).ToList();
        read.RemoveAll(pair => named.IsNobodys(pair.Naming));
        var fresh = await FreshArrivals.LoadAsync(scope.Db, read.ConvertAll(pair => pair.Naming.Arrival), clock);
        foreach (var (naming, reaction) in read.Where(pair => fresh.IsFresh(pair.Naming.Arrival))) Record(scope, named, naming, reaction!);
        await named.PlaceAsync();
        return [.. arrivals.Except(read.Select(pair => pair.Naming.Arrival)).Except(silent)];
    }

    /// <summary>Reads <c>\u{2764}\u{FE0F}</c>, as Meta sometimes spells a character out.</summary>
    internal static string Spelt(string emoji) => SpeltOut().Replace(
        emoji,
        match => int.TryParse(match.Groups["code"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code)
            && System.Text.Rune.TryCreate(code, out var rune) ? rune.ToString() : match.Value);

    private void Record(WorkScope<StoreDbContext> scope, NamedMessages named, Naming naming, Reaction reaction)
    {
        var (arrival, message, conversation) = (naming.Arrival, named.Find(naming), named.ConversationOf(naming));
        if (message is not null) named.Precede(message, reaction.At);
        if (!(message?.React(reaction) ?? React(named.Early, naming, reaction))) return;
        log.Append(
            scope,
            arrival.Account!,
            conversation?.Id,
            EventTypes.MessageReaction,
            new ReactionEventData(
                message?.Id,
                naming.Mid!.Value,
                ContactView.Of(conversation, arrival.Contact),
                ConversationState.Of(conversation, arrival.Account!, clock.GetUtcNow()),
                new ReactionEventView(
                    reaction.By, reaction.IsTakenBack ? "unreact" : "react", reaction.Name, reaction.Emoji, reaction.At)),
            arrival.TraceParent);
        InboundMetrics.Recorded(EventTypes.MessageReaction);
    }

    private bool React(EarlyChanges early, Naming naming, Reaction reaction)
    {
        var (before, after) = early.Keep(
            naming.Arrival.Account!.Id, naming.Mid!.Value, changes => changes.With(reaction), clock.GetUtcNow(), reaction.At);
        return after != before && !reaction.Says(before.Reactions.FirstOrDefault(known => known.By == reaction.By));
    }

    private static Reaction? Read(Arrival arrival)
    {
        var part = arrival.Item.Part;
        var (name, emoji) = (Word(part.Member("reaction").Text()), Word(part.Member("emoji").Text()));
        var action = part.Member("action").Text();
        if (action is "unreact") (name, emoji) = (null, null);
        else if (action is not (null or "react") || (name ?? emoji) is null) return null;
        return new Reaction(
            arrival.IsOutbound ? Party.Business : Party.Customer, name, emoji is null ? null : Spelt(emoji), arrival.SentAt);
    }

    /// <summary>No reaction is longer; what pretends to be one is no text of ours to keep.</summary>
    private static string? Word(string? word) => word is { Length: > 0 and <= 100 } ? word : null;

    [GeneratedRegex(@"\\u\{(?<code>[0-9a-fA-F]{1,8})\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SpeltOut();
}
