using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Access;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Access;

[BeginsEarly]
public sealed class SignInThrottleTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private StoreHost _store = null!;
    private SignInThrottle _throttle = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services => services.AddSingleton<TimeProvider>(_clock));
        _throttle = _store.Services.GetRequiredService<SignInThrottle>();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task The_sixth_attempt_from_one_address_waits_until_the_five_minutes_are_over()
    {
        await FailAsync("ann", "1.1.1.1", SignInThrottle.MostPerPair);
        _clock.Advance(TimeSpan.FromMinutes(2));
        ((await BeginAsync("ann", "1.1.1.1"))!.Value - TimeSpan.FromMinutes(3)).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        _clock.Advance(TimeSpan.FromMinutes(3));
        (await BeginAsync("ann", "1.1.1.1")).ShouldBeNull();
    }

    [Fact]
    public async Task Guessing_from_one_address_does_not_shut_out_another()
    {
        await FailAsync("ann", "1.1.1.1", SignInThrottle.MostPerPair);
        (await BeginAsync("ann", "2.2.2.2")).ShouldBeNull();
        (await BeginAsync("bob", "1.1.1.1")).ShouldBeNull();
    }

    [Fact]
    public async Task Upper_and_lower_case_are_the_same_user()
    {
        await FailAsync("ann", "1.1.1.1", SignInThrottle.MostPerPair);
        (await BeginAsync("ANN", "1.1.1.1")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_success_forgives_the_failures_of_its_address()
    {
        await FailAsync("ann", "1.1.1.1", SignInThrottle.MostPerPair - 1);
        (await BeginAsync("ann", "1.1.1.1")).ShouldBeNull();
        await SucceedAsync("ann", "1.1.1.1");
        await FailAsync("ann", "1.1.1.1", SignInThrottle.MostPerPair);
        (await BeginAsync("ann", "1.1.1.1")).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_attempt_that_was_not_looked_at_does_not_count()
    {
        for (var i = 0; i < 2 * SignInThrottle.MostPerUser; i++)
        {
            (await BeginAsync("ann", "1.1.1.1")).ShouldBeNull();
            await _throttle.WithdrawAsync("ann", "1.1.1.1", default);
        }
    }

    [Fact]
    public async Task A_hundred_failures_from_many_addresses_stop_a_new_address_for_the_hour()
    {
        for (var i = 0; i < SignInThrottle.MostPerUser; i++) await FailAsync("ann", $"10.0.0.{i}", 1);
        (await BeginAsync("ann", "9.9.9.9")).ShouldNotBeNull();
        _clock.Advance(SignInThrottle.UserWindow);
        (await BeginAsync("ann", "9.9.9.9")).ShouldBeNull();
    }

    /// <summary>Each name had a count of its own, so an address that gave each another name was never stopped.</summary>
    [Fact]
    public async Task Fifty_failures_of_one_address_stop_it_whatever_names_it_gives()
    {
        for (var i = 0; i < SignInThrottle.MostPerAddress; i++) await FailAsync($"name {i}", "1.1.1.1", 1);

        for (var i = 0; i < 1_000; i++) (await BeginAsync($"another name {i}", "1.1.1.1")).ShouldNotBeNull();
        (await BeginAsync("ann", "2.2.2.2")).ShouldBeNull();
        (await WindowsAsync())
            .ShouldBe((2 * SignInThrottle.MostPerAddress) + 1 + 3, "names that are given while the address must wait leave nothing");
    }

    [Fact]
    public async Task An_address_the_user_has_signed_in_from_is_not_shut_out_by_strangers()
    {
        (await BeginAsync("ann", "5.5.5.5")).ShouldBeNull();
        await SucceedAsync("ann", "5.5.5.5");
        for (var i = 0; i < SignInThrottle.MostPerUser; i++) await FailAsync("ann", $"10.0.0.{i}", 1);
        for (var i = 0; i < SignInThrottle.MostPerAddress; i++) await FailAsync($"name {i}", "5.5.5.5", 1);
        (await BeginAsync("ann", "9.9.9.9")).ShouldNotBeNull();
        (await BeginAsync("bob", "5.5.5.5")).ShouldNotBeNull();
        (await BeginAsync("ann", "5.5.5.5")).ShouldBeNull();
    }

    [Fact]
    public async Task Attempts_under_way_count_so_that_many_at_once_do_not_slip_through()
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => BeginAsync("ann", "1.1.1.1")));
        begun.Count(wait => wait is null).ShouldBe(SignInThrottle.MostPerPair);
    }

    [Fact]
    public async Task Windows_that_are_over_are_removed_and_others_stay()
    {
        await FailAsync("ann", "1.1.1.1", 1);
        _clock.Advance(SignInThrottle.AddressWindow);
        await FailAsync("bob", "2.2.2.2", 1);

        (await _store.Services.GetRequiredService<SignInSweep>().RoundAsync(default)).ShouldBe(NextRound.WhenWoken);

        (await WindowsAsync()).ShouldBe(4, "the hour of ann, and all three of bob");
    }

    private Task<TimeSpan?> BeginAsync(string username, string address) =>
        _throttle.BeginAsync(username, address, TestContext.Current.CancellationToken);

    private Task SucceedAsync(string username, string address) =>
        _store.UnitOfWork.ExecuteAsync(scope => _throttle.SucceededAsync(scope.Db, username, address));

    private async Task FailAsync(string username, string address, int times)
    {
        for (var i = 0; i < times; i++) (await BeginAsync(username, address)).ShouldBeNull();
    }

    private async Task<int> WindowsAsync()
    {
        await using var db = _store.Read();
        return await db.Set<SignInWindow>().CountAsync();
    }
}
