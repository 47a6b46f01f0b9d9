using System.Collections.Concurrent;
using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>
/// Asks by a command and waits for the report. The report goes to one store of several: where nobody waits for it, it is kept as a row, and
/// whoever waits looks for that a few times a second.
/// </summary>
internal sealed class MetaQuestions(
    IDbContextFactory<StoreDbContext> factory, IUnitOfWork<StoreDbContext> unitOfWork, TimeProvider clock)
    : IMetaQuestions, IMessageHandler<StoreDbContext, AccessProven>
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Nobody waits for an answer that is this old.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Wait> _waiting = new();

    public Task<AccessProven?> AskAsync(ProveAccess question, CancellationToken cancellationToken) =>
        AskAsync(question.QuestionId, question, ProveAccess.Patience, cancellationToken);

    public Task<AccessProven?> AskAsync(RedeemCode question, CancellationToken cancellationToken) =>
        AskAsync(question.QuestionId, question, RedeemCode.Patience, cancellationToken);

    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<AccessProven>> items)
    {
        foreach (var answer in items.Select(item => item.Body))
        {
            if (_waiting.TryGetValue(answer.QuestionId, out var wait))
            {
                scope.AfterCommit(() => wait.Give(answer));
                continue;
            }

            if (await scope.Db.Set<MetaAnswer>().FindAsync(answer.QuestionId) is not null) continue;
            scope.Db.Add(new MetaAnswer
            {
                QuestionId = answer.QuestionId, Body = JsonSerializer.SerializeToUtf8Bytes(answer), ReceivedAt = clock.GetUtcNow(),
            });
            var over = clock.GetUtcNow() - Kept;
            await scope.Db.Set<MetaAnswer>().Where(row => row.ReceivedAt < over).ExecuteDeleteAsync();
        }
    }

    private async Task<AccessProven?> AskAsync<T>(string id, T question, TimeSpan patience, CancellationToken cancellationToken)
        where T : class
    {
        var wait = _waiting[id] = new Wait();
        try
        {
            await unitOfWork.ExecuteAsync(
                scope =>
                {
                    scope.Publish(question);
                    return Task.CompletedTask;
                },
                cancellationToken);
            // Real time, whatever the clock: the question travels in it.
            for (var began = TimeProvider.System.GetTimestamp();
                TimeProvider.System.GetElapsedTime(began) < patience;
                await wait.SleepAsync(LookEvery, TimeProvider.System, cancellationToken))
            {
                if (wait.Answer is { } answer) return answer;
                if (await FindAsync(id, cancellationToken) is { } kept) return kept;
            }

            return wait.Answer;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    private async Task<AccessProven?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var body = await db.Set<MetaAnswer>().Where(row => row.QuestionId == id).Select(row => row.Body)
            .SingleOrDefaultAsync(cancellationToken);
        return body is null ? null : JsonSerializer.Deserialize<AccessProven>(body);
    }

    private sealed class Wait : WakeSignal
    {
        public AccessProven? Answer { get; private set; }

        public void Give(AccessProven answer)
        {
            Answer = answer;
            Wake();
        }
    }
}
