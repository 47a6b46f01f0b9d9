using System.Reflection;
using System.Text.Json.Serialization;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.CrmForwarder.Endpoints;
using InstaMessenger.CrmForwarder.Replays;
using InstaMessenger.Sender.Health;
using InstaMessenger.Store.Accounts;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.History;
using InstaMessenger.Store.Inbound.Arrivals;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Store.Uploads;

namespace InstaMessenger.Tests.Clients;

/// <summary>The records of the .NET client have each member that the product writes, of its events and answers, and no other.</summary>
public sealed class ShapesTests
{
    /// <summary>What the product writes, and what the client reads.</summary>
    private static readonly (Type Written, Type Read)[] Pairs =
    [
        (typeof(MessageEventData), typeof(Client.MessageReceived)),
        (typeof(MessageEventData), typeof(Client.MessageSent)),
        (typeof(MessageEventData), typeof(Client.MessageStatusChanged)),
        (typeof(MessageEventData), typeof(Client.MessageEdited)),
        (typeof(MessageEventData), typeof(Client.MessageDeleted)),
        (typeof(MessageEventData), typeof(Client.MessageMediaChanged)),
        (typeof(ReadEventData), typeof(Client.MessageRead)),
        (typeof(ReactionEventData), typeof(Client.MessageReaction)),
        (typeof(ReactionFailedData), typeof(Client.MessageReactionFailed)),
        (typeof(PostbackEventData), typeof(Client.PostbackReceived)),
        (typeof(ReferralEventData), typeof(Client.ReferralReceived)),
        (typeof(CommentEventData), typeof(Client.CommentReceived)),
        (typeof(ContactEventData), typeof(Client.ContactUpdated)),
        (typeof(ContactEventData), typeof(Client.ContactErased)),
        (typeof(ConversationEventData), typeof(Client.ConversationUpdated)),
        (typeof(AccountEventData), typeof(Client.AccountConnected)),
        (typeof(AccountEventData), typeof(Client.AccountDisconnected)),
        // Of an endpoint that was paused; of an account's health the same without the problem.
        (typeof(PausedEndpointData), typeof(Client.AccountHealthChanged)),
        (typeof(AccountHealth), typeof(Client.AccountHealth)),
        (typeof(BackfillEventData), typeof(Client.HistoryProgress)),
        (typeof(UnsupportedEventData), typeof(Client.UnsupportedEvent)),
        (typeof(AccountView), typeof(Client.Account)),
        (typeof(ConversationView), typeof(Client.Conversation)),
        (typeof(SendAnswer), typeof(Client.SendAnswer)),
        (typeof(UploadView), typeof(Client.Upload)),
        (typeof(EndpointView), typeof(Client.WebhookEndpoint)),
        (typeof(TestEndpoint.TestResult), typeof(Client.EndpointTest)),
        (typeof(DeliveryView), typeof(Client.Delivery)),
        (typeof(ReplayView), typeof(Client.Replay)),
        (typeof(NewEndpoint), typeof(Client.NewWebhookEndpoint)),
        (typeof(ReplayRequest), typeof(Client.NewReplay)),
    ];

    /// <summary>
    /// A conversation in the events of messages is one without its last message, and one record reads both. The secret of an account is
    /// written when it is linked, which the client does not do.
    /// </summary>
    private static readonly string[] Left =
        ["ConversationState is read with LastMessage too", "AccountView.WebhookSecret is not read"];

    [Fact]
    public void Each_member_that_the_product_writes_is_read_and_no_other()
    {
        var faults = new SortedSet<string>();
        foreach (var (written, read) in Pairs) Compare(written, read, faults, []);
        faults.ShouldBe(Left, ignoreOrder: true);
    }

    [Fact]
    public void Each_record_of_an_event_is_compared() =>
        Client.EventTypes.Records.Values.Except(Pairs.Select(pair => pair.Read)).ShouldBe([typeof(Client.WebhookTest)]);

    [Fact]
    public void What_can_be_sent_is_what_the_product_takes() =>
        // The key is a header.
        typeof(Client.SendMessage).GetProperties().Select(member => Snake(member.Name)).Order()
            .ShouldBe(SendRequest.Members.Except(["idempotency_key"]).Order());

    private static void Compare(Type written, Type read, SortedSet<string> faults, HashSet<(Type, Type)> seen)
    {
        if (!seen.Add((written, read))) return;
        var (from, to) = (Members(written), Members(read));
        foreach (var name in from.Keys.Except(to.Keys)) faults.Add($"{written.Name}.{name} is not read");
        foreach (var name in to.Keys.Except(from.Keys)) faults.Add($"{written.Name} is read with {name} too");
        foreach (var name in from.Keys.Intersect(to.Keys))
        {
            var (inner, outer) = (Item(from[name]), Item(to[name]));
            if (outer.Namespace == typeof(Client.InboxEvent).Namespace && inner != typeof(object)) Compare(inner, outer, faults, seen);
        }
    }

    private static Dictionary<string, Type> Members(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(member => member.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
        .ToDictionary(
            member => member.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name is { } name ? char.ToUpperInvariant(name[0]) + name[1..]
                : member.Name,
            member => member.PropertyType);

    private static Type Item(Type type) =>
        Nullable.GetUnderlyingType(type) ?? (type.IsGenericType ? type.GetGenericArguments()[^1] : type);

    private static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
