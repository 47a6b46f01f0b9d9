using System.Diagnostics;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Publishing;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>One claimed send: mark, call, record.</summary>
internal sealed class SendAttempt(
    GraphClient graph,
    Publisher publisher,
    CallMark mark,
    Recorder recorder,
    Pace pace,
    IOptions<SenderOptions> options,
    TimeProvider clock,
    ILogger<SendAttempt> logger)
{
    /// <summary>How often a send tries a public address that does not answer.</summary>
    private const int AddressAttempts = 5;

    public async Task RunAsync(ClaimedSend send, CancellationToken stopped)
    {
        using var activity = ActivityNames.Source.StartActivity("send message", ActivityKind.Internal, send.TraceParent);
        activity?.SetTag("message.id", send.MessageId.Value);
        var began = clock.GetTimestamp();
        if (await CallAsync(send, stopped) is not { } answer)
        {
            logger.ClaimLost(send.MessageId, send.Attempt);
            return;
        }

        activity?.SetTag("send.verdict", answer.Verdict.GetType().Name);
        pace.Note(send.AccountId, answer.Usage);
        await recorder.RecordAsync(send, answer, clock.GetElapsedTime(began), stopped);
    }

    /// <summary>Makes the call; null when the claim is not ours any more.</summary>
    private async Task<GraphAnswer?> CallAsync(ClaimedSend send, CancellationToken stopped)
    {
        if (await publisher.FaultAsync(send.Call.Content, stopped) is { } fault) return new GraphAnswer(VerdictOf(fault, send.Attempt));

        // A process that was frozen after its claim may wake when the claim has ended and an operator has had the message sent again: then
        // the call of this claim would be the second one. Looked at here, in the mark, and before the first byte.
        var startBy = send.ClaimedUntil - options.Value.CallTimeout;
        if (clock.GetUtcNow() > startBy)
            return new GraphAnswer(new Verdict.Later("claim_too_old", "The process stood still before the call was made."));
        var (ready, refusal) = graph.Prepare(
            send.Call with { Content = publisher.Publish(send.AccountId, send.Call.Content) });
        if (ready is null) return new GraphAnswer(refusal!);
        return await mark.BeginAsync(send, stopped) ? await graph.SendAsync(ready, startBy, options.Value.CallTimeout) : null;
    }

    /// <summary>What only does not answer may be starting just now; what is wrong is wrong until somebody mends it.</summary>
    private static Verdict VerdictOf(AddressFault fault, int attempt) => fault.IsCertain || attempt >= AddressAttempts
        ? new Verdict.Rejected(fault.Code, $"{fault.Message} {fault.NextStep}", Retryable: true)
        : new Verdict.Later(fault.Code, fault.Message);
}
