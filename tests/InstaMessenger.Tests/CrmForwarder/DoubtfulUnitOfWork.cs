using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder;

/// <summary>
/// What a database does that dies between a commit and its answer: the unit holds, its caller sees an error or runs it again.
/// </summary>
internal sealed class DoubtfulUnitOfWork(IUnitOfWork<CrmForwarderDbContext> inner) : IUnitOfWork<CrmForwarderDbContext>
{
    private int _lostAnswers;

    /// <summary>Every unit runs and commits twice, as if the answer to the first time had been lost.</summary>
    public bool RunsTwice { get; set; }

    /// <summary>How many of the next units are committed and end in an error.</summary>
    public int LostAnswers { set => _lostAnswers = value; }

    /// <summary>An attempt of this delivery kills the connection that would write it, as one too large for a packet does.</summary>
    public long? BreaksAt { get; set; }

    /// <summary>Puts it before the service's own.</summary>
    public static void Wrap(IServiceCollection services)
    {
        var own = services.Single(service => service.ServiceType == typeof(IUnitOfWork<CrmForwarderDbContext>));
        services.Remove(own);
        services.AddSingleton(provider => new DoubtfulUnitOfWork((IUnitOfWork<CrmForwarderDbContext>)own.ImplementationFactory!(provider)));
        services.AddSingleton<IUnitOfWork<CrmForwarderDbContext>>(provider => provider.GetRequiredService<DoubtfulUnitOfWork>());
    }

    public async Task<T> ExecuteAsync<T>(
        Func<WorkScope<CrmForwarderDbContext>, Task<T>> work, CancellationToken cancellationToken = default)
    {
        var result = await inner.ExecuteAsync(
            async scope =>
            {
                var inside = await work(scope);
                if (BreaksAt is { } delivery && await scope.Db.Attempts.AnyAsync(row => row.DeliveryId == delivery, cancellationToken))
                    throw new DatabaseUnavailableException("The connection broke.");
                return inside;
            },
            cancellationToken);
        if (RunsTwice) result = await inner.ExecuteAsync(work, cancellationToken);
        if (Interlocked.Decrement(ref _lostAnswers) >= 0) throw new DatabaseUnavailableException("Committed, and the answer was lost.");
        return result;
    }
}
