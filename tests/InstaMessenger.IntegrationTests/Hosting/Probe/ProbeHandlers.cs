using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.IntegrationTests.Hosting.Probe;

/// <summary>The queues of the product that the probe's handlers stand at.</summary>
internal static class ProbeQueues
{
    /// <summary>One subscriber.</summary>
    public const string Single = "store.send-reported";

    public const string FirstOfTwo = "sender.account-changed";

    public const string SecondOfTwo = "crm-forwarder.account-changed";

    /// <summary>A message for <see cref="Single"/> that carries a number.</summary>
    public static SendReported ForOne(int number) =>
        new(MessageId.Parse("msg_1"), AccountId.Parse("acc_1"), number, SendOutcome.Sending, null, null, DateTimeOffset.UnixEpoch);

    /// <summary>A message for both others that carries a number.</summary>
    public static AccountChanged ForTwo(int number) =>
        new(AccountId.Parse("acc_1"), number, InstagramAccountId.Parse("1"), LoginType.Instagram, null, null, null, Unlinked: false);
}

internal sealed class SingleHandler(HandledLog log) : ProbeHandler<SendReported>(log, ProbeQueues.Single, message => message.Attempt);

internal sealed class FirstHandler(HandledLog log) : ProbeHandler<AccountChanged>(log, ProbeQueues.FirstOfTwo, message => message.Version);

internal sealed class SecondHandler(HandledLog log) : ProbeHandler<AccountChanged>(
    log, ProbeQueues.SecondOfTwo, message => message.Version);
