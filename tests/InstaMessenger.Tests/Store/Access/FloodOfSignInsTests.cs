using InstaMessenger.Store.Access;

namespace InstaMessenger.Tests.Store.Access;

/// <summary>A password costs a core for a while, and webhooks share the process: who comes beyond fifty is refused at once.</summary>
public sealed class FloodOfSignInsTests : IDisposable
{
    private readonly Passwords _passwords = new(1_000);

    [Fact]
    public async Task Beyond_fifty_that_wait_nobody_takes_a_turn()
    {
        using var slow = new Passwords(2_000_000);
        var hash = slow.Hash("a password that takes a second");
        // Whoever checks it has the turn for a second; a call that does not end at once tells that somebody has it.
        var first = Task.Run(() => CheckAsync(hash));
        var second = CheckAsync();
        while (second.IsCompleted && !first.IsCompleted) second = CheckAsync();

        var waiting = Enumerable.Range(0, 48).Select(_ => CheckAsync()).Append(first).Append(second).ToList();
        var beyond = CheckAsync();
        beyond.IsCompleted.ShouldBeTrue();
        (await beyond).ShouldBeNull();

        (await Task.WhenAll(waiting)).ShouldAllBe(answer => answer == false);
        (await CheckAsync()).ShouldBe(false, "their places are given back");
    }

    public void Dispose() => _passwords.Dispose();

    private Task<bool?> CheckAsync(string? hash = null) =>
        _passwords.CheckAsync(hash, "a guess", TestContext.Current.CancellationToken);
}
