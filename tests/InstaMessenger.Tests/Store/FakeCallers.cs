using System.Collections.Concurrent;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Tests.Store;

/// <summary>A table of credentials, in place of sessions and keys.</summary>
internal sealed class FakeCallers : ICallerSource
{
    private readonly ConcurrentDictionary<string, Caller> _callers = new()
    {
        ["admin"] = new Caller("usr_admin", CallerKind.User, "usr_admin", IsAdmin: true, AccountReach.All),
    };

    public void Person(string credential, params AccountId[] accounts) =>
        _callers[credential] = new Caller("usr_" + credential, CallerKind.User, "usr_" + credential, false, AccountReach.Of(accounts));

    public void Program(string credential, params AccountId[] accounts) =>
        _callers[credential] = new Caller("key_" + credential, CallerKind.Key, "usr_owner", false, AccountReach.Of(accounts));

    public void Revoke(string credential) => _callers.TryRemove(credential, out _);

    public ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_callers.GetValueOrDefault(credential));
}
