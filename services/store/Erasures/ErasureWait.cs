using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>Waits some seconds for an erasure, so that the answer of most is the whole report.</summary>
internal sealed class ErasureWait(IDbContextFactory<StoreDbContext> factory)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns the report: 200 when all is gone, 202 when something is still there.</summary>
    public async Task<Results<Ok<ErasureView>, Accepted<ErasureView>>> AnswerAsync(string id, CancellationToken cancellationToken)
    {
        // Real time: the work is done in it.
        for (var began = TimeProvider.System.GetTimestamp(); ;)
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            var view = ErasureView.Of(await db.Set<Erasure>().AsNoTracking().SingleAsync(row => row.Id == id, cancellationToken));
            if (view.State == ErasureState.Done) return TypedResults.Ok(view);
            if (TimeProvider.System.GetElapsedTime(began) >= Patience)
                return TypedResults.Accepted($"/api/v1/accounts/{view.AccountId}/erasures/{id}", view);
            await Task.Delay(LookEvery, TimeProvider.System, cancellationToken);
        }
    }
}
