using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Audit;

/// <summary>
/// Writes the audit log. An endpoint that is <see cref="AuditedSetup.Audited"/> takes it as a parameter and records what it does in the
/// transaction that does it. The entry goes through the outbox to the store, which lists it: it is there if and only if the action was
/// committed, in whichever service that was.
/// </summary>
public sealed class AuditTrail
{
    private readonly HttpContext _context;
    private readonly string _action;

    private AuditTrail(HttpContext context, string action) => (_context, _action) = (context, action);

    /// <summary>Whether something was recorded, and committed.</summary>
    internal bool IsRecorded { get; private set; }

    /// <summary>Gives endpoints the trail of their request.</summary>
    /// <param name="context">A request to an endpoint that is audited.</param>
    /// <returns>The trail.</returns>
    /// <exception cref="InvalidOperationException">The endpoint does not say what its action is called.</exception>
    public static ValueTask<AuditTrail?> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var action = context.GetEndpoint()?.Metadata.GetMetadata<AuditedAction>()?.Action;
        return ValueTask.FromResult<AuditTrail?>(
            new AuditTrail(context, action ?? throw new InvalidOperationException("This endpoint is not audited.")));
    }

    /// <summary>Records the action, in the transaction that does it.</summary>
    /// <typeparam name="TContext">The service's database.</typeparam>
    /// <param name="target">The id of what is acted on; null when it has none.</param>
    /// <param name="account">The account that it concerns; null for none in particular.</param>
    /// <param name="changes">What it changes; null for nothing that has fields.</param>
    /// <param name="actor">Who acts, where the request itself has no caller.</param>
    public void Record<TContext>(
        WorkScope<TContext> scope, string? target, AccountId? account = null, AuditChanges? changes = null, Caller? actor = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(scope);
        var caller = actor ?? _context.Features.Get<Caller>()
            ?? throw new InvalidOperationException("Nobody is known who does this.");
        var now = _context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        scope.Publish(new ActionTaken(
            "aud_" + Guid.CreateVersion7(now).ToString("n"),
            now,
            caller.Kind == CallerKind.Key ? "api_key" : "user",
            caller.Id,
            caller.UserId,
            caller.Name,
            _action,
            target,
            account,
            AddressOf(_context),
            _context.Request.Headers[RequestId.Header].ToString() is { Length: > 0 } id ? id : null,
            (changes ?? new AuditChanges()).ToString()));
        scope.AfterCommit(() => IsRecorded = true);
    }

    /// <summary>The whole address, not the network that limits count for: the log answers who it was.</summary>
    private static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;
}
