using System.Collections.Concurrent;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Tests.Store;

/// <summary>Stands in for the sender: notes the commands and reports what the test wants, if anything.</summary>
internal sealed class FakeSender(FakeSender.Script script) : IMessageHandler<StoreDbContext, SendMessage>
{
    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<SendMessage>> items)
    {
        foreach (var item in items)
        {
            if (script.Report(item.Body) is { } report) scope.Publish(report);
            script.Commands.Enqueue(item.Body);
        }

        return Task.CompletedTask;
    }

    internal sealed class Script
    {
        public ConcurrentQueue<CancelSend> Cancels { get; } = new();

        public ConcurrentQueue<ShowSign> Signs { get; } = new();

        public ConcurrentQueue<SendMessage> Commands { get; } = new();

        public Func<SendMessage, SendReported?> Report { get; set; } = Silent;

        public static SendReported? Silent(SendMessage command) => null;

        public static SendReported? Send(SendMessage command) =>
            Reports.Sent(command.MessageId, command.AccountId, "mid-" + command.MessageId);

        public static SendReported? Refuse(SendMessage command) => Reports.Of(command.MessageId, command.AccountId, SendOutcome.Rejected);

        public static SendReported? LoseSight(SendMessage command) => Reports.Of(command.MessageId, command.AccountId, SendOutcome.Unknown);
    }
}

/// <summary>Notes the sends that are to be taken back.</summary>
internal sealed class FakeCancels(FakeSender.Script script) : IMessageHandler<StoreDbContext, CancelSend>
{
    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<CancelSend>> items)
    {
        foreach (var item in items) script.Cancels.Enqueue(item.Body);
        return Task.CompletedTask;
    }
}

/// <summary>Notes the signs that are to be shown.</summary>
internal sealed class FakeSigns(FakeSender.Script script) : IMessageHandler<StoreDbContext, ShowSign>
{
    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ShowSign>> items)
    {
        foreach (var item in items) script.Signs.Enqueue(item.Body);
        return Task.CompletedTask;
    }
}

internal static class Reports
{
    public static readonly DateTimeOffset At = new(2026, 5, 1, 12, 0, 5, TimeSpan.Zero);

    public static SendReported Sent(MessageId message, AccountId account, string mid, int attempt = 1) =>
        new(message, account, attempt, SendOutcome.Sent, InstagramMessageId.Parse(mid), null, At);

    public static SendReported Of(MessageId message, AccountId account, SendOutcome outcome, int attempt = 1) => new(
        message, account, attempt, outcome, null, outcome == SendOutcome.Sending
            ? null
            : new SendError("why_not", "Because.", outcome == SendOutcome.Later, null), At);
}
