using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Which message goes into which queues: the whole map of the bus. Every process declares all of it, so that a message published before
/// its consumer was ever started waits in the consumer's queue instead of being dropped as unroutable.
/// </summary>
public static class BusTopology
{
    /// <summary>The queues of each message type. The part before the dot is the service that consumes.</summary>
    public static IReadOnlyDictionary<Type, string[]> Queues { get; } = new Dictionary<Type, string[]>
    {
        [typeof(WebhookReceived)] = ["store.webhook-received"],
        [typeof(InboxEvent)] = ["crm-forwarder.inbox-event"],
        [typeof(AccountChanged)] = ["sender.account-changed", "crm-forwarder.account-changed"],
        [typeof(SendMessage)] = ["sender.send-message"],
        [typeof(CancelSend)] = ["sender.cancel-send"],
        [typeof(ShowSign)] = ["sender.show-sign"],
        [typeof(SendReported)] = ["store.send-reported"],
        [typeof(ReadHistory)] = ["sender.read-history"],
        [typeof(HistoryRead)] = ["store.history-read"],
        [typeof(LookUpProfile)] = ["sender.look-up-profile"],
        [typeof(ProfileReported)] = ["store.profile-reported"],
        [typeof(ProveAccess)] = ["sender.prove-access"],
        [typeof(RedeemCode)] = ["sender.redeem-code"],
        [typeof(AccessProven)] = ["store.access-proven"],
        [typeof(TokenRefreshed)] = ["store.token-refreshed"],
        [typeof(AccountHealthChanged)] = ["store.account-health-changed"],
        [typeof(WebhookEndpointPaused)] = ["store.webhook-endpoint-paused"],
        [typeof(AccountActive)] = ["sender.account-active"],
        [typeof(ProfileCacheUsed)] = ["sender.profile-cache-used"],
        [typeof(EraseData)] = ["sender.erase-data", "crm-forwarder.erase-data"],
        [typeof(DataErased)] = ["store.data-erased"],
        [typeof(CheckReach)] = ["store.check-reach"],
        [typeof(ReachChecked)] = ["crm-forwarder.reach-checked"],
        [typeof(ReadEvents)] = ["store.read-events"],
        [typeof(EventsRead)] = ["crm-forwarder.events-read"],
        [typeof(ReadMirror)] = ["store.read-mirror"],
        [typeof(MirrorRead)] = ["crm-forwarder.mirror-read"],
        [typeof(EchoRecognised)] = ["sender.echo-recognised"],
        [typeof(FetchMedia)] = ["sender.fetch-media"],
        [typeof(CancelFetch)] = ["sender.cancel-fetch"],
        [typeof(MediaReported)] = ["store.media-reported"],
        [typeof(ActionTaken)] = ["store.action-taken"],
    };

    private static readonly Dictionary<string, Type> ByName = Queues.Keys.ToDictionary(type => type.Name);

    /// <summary>The exchange of a message type: <c>instamessenger.webhook-received</c>.</summary>
    /// <param name="message">The type of the items, or their <see cref="Bundle{T}"/>.</param>
    /// <returns>The exchange's name.</returns>
    public static string ExchangeOf(Type message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var item = message.IsGenericType ? message.GetGenericArguments()[0] : message;
        var prefix = message.IsGenericType
            && message.GetGenericTypeDefinition() != typeof(Bundle<>) ? message.Name.Split('`')[0] + "." : "";
        return ("instamessenger." + prefix + JsonNamingPolicy.KebabCaseLower.ConvertName(item.Name)).ToLowerInvariant();
    }

    /// <summary>The exchanges whose messages go into a queue.</summary>
    internal static IEnumerable<string> ExchangesInto(string queue) =>
        Queues.Where(route => route.Value.Contains(queue)).Select(route => ExchangeOf(route.Key));

    internal static Type? TypeOf(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Reads a message from a row.</summary>
    internal static bool TryRead(string type, byte[] body, [NotNullWhen(true)] out object? message, [NotNullWhen(false)] out string? error)
    {
        message = null;
        error = null;
        try
        {
            if (TypeOf(type) is not { } known) error = $"No message type {type} is known.";
            else message = JsonSerializer.Deserialize(body, known, BusJson.Options);
            if (message is null) error ??= $"The body is no {type}.";
        }
        catch (JsonException exception)
        {
            error = $"The body is no {type}: {exception.Path}";
        }

        return message is not null;
    }
}
