using System.Diagnostics;
using InstaMessenger.Hosting.Telemetry;
using InstaMessenger.Sender.Graph;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Sending;

/// <summary>One claimed send: call, then record.</summary>
internal sealed class SendAttempt(GraphClient graph, Recorder recorder, IOptions<SenderOptions> options, TimeProvider clock)
{
    public async Task RunAsync(ClaimedSend send, CancellationToken stopped)
    {
        using var activity = ActivityNames.Source.StartActivity("send message", ActivityKind.Internal, send.TraceParent);
        activity?.SetTag("message.id", send.MessageId.Value);
        var began = clock.GetTimestamp();
        var answer = IsStale(send)
            ? new GraphAnswer(new Verdict.Later("claim_too_old", "The process stood still before the call was made."))
            : await graph.SendAsync(send);
        activity?.SetTag("send.verdict", answer.Verdict.GetType().Name);
        await recorder.RecordAsync(send, answer, clock.GetElapsedTime(began), stopped);
    }

    /// <summary>
    /// A process that was frozen after its claim may wake when the claim has ended and an operator has had the message sent again: then
    /// the call of this claim would be the second one.
    /// </summary>
    private bool IsStale(ClaimedSend send) => clock.GetUtcNow() + options.Value.CallTimeout > send.ClaimedUntil;
}
