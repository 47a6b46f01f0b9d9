using InstaMessenger.Store.Access;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Access;

public sealed class SignInThrottleTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_clock);

    [Fact]
    public void The_sixth_attempt_from_one_address_waits_until_the_five_minutes_are_over()
    {
        Fail("ann", "1.1.1.1", SignInThrottle.MostPerAddress);
        _clock.Advance(TimeSpan.FromMinutes(2));
        _throttle.Begin("ann", "1.1.1.1").ShouldBe(TimeSpan.FromMinutes(3));
        _clock.Advance(TimeSpan.FromMinutes(3));
        _throttle.Begin("ann", "1.1.1.1").ShouldBeNull();
    }

    [Fact]
    public void Guessing_from_one_address_does_not_shut_out_another()
    {
        Fail("ann", "1.1.1.1", SignInThrottle.MostPerAddress);
        _throttle.Begin("ann", "2.2.2.2").ShouldBeNull();
        _throttle.Begin("bob", "1.1.1.1").ShouldBeNull();
    }

    [Fact]
    public void Upper_and_lower_case_are_the_same_user()
    {
        Fail("ann", "1.1.1.1", SignInThrottle.MostPerAddress);
        _throttle.Begin("ANN", "1.1.1.1").ShouldNotBeNull();
    }

    [Fact]
    public void A_success_forgives_the_failures_of_its_address()
    {
        Fail("ann", "1.1.1.1", SignInThrottle.MostPerAddress - 1);
        _throttle.Begin("ann", "1.1.1.1").ShouldBeNull();
        _throttle.Succeeded("ann", "1.1.1.1");
        Fail("ann", "1.1.1.1", SignInThrottle.MostPerAddress);
        _throttle.Begin("ann", "1.1.1.1").ShouldNotBeNull();
    }

    [Fact]
    public void An_attempt_that_was_not_looked_at_does_not_count()
    {
        for (var i = 0; i < 2 * SignInThrottle.MostPerUser; i++)
        {
            _throttle.Begin("ann", "1.1.1.1").ShouldBeNull();
            _throttle.Withdraw("ann", "1.1.1.1");
        }
    }

    [Fact]
    public void A_hundred_failures_from_many_addresses_stop_a_new_address_for_the_hour()
    {
        for (var i = 0; i < SignInThrottle.MostPerUser; i++) Fail("ann", $"10.0.0.{i}", 1);
        _throttle.Begin("ann", "9.9.9.9").ShouldNotBeNull();
        _clock.Advance(SignInThrottle.UserWindow);
        _throttle.Begin("ann", "9.9.9.9").ShouldBeNull();
    }

    [Fact]
    public void An_address_the_user_has_signed_in_from_is_not_shut_out_by_strangers()
    {
        _throttle.Begin("ann", "5.5.5.5").ShouldBeNull();
        _throttle.Succeeded("ann", "5.5.5.5");
        for (var i = 0; i < SignInThrottle.MostPerUser; i++) Fail("ann", $"10.0.0.{i}", 1);
        _throttle.Begin("ann", "9.9.9.9").ShouldNotBeNull();
        _throttle.Begin("ann", "5.5.5.5").ShouldBeNull();
    }

    [Fact]
    public void Attempts_under_way_count_so_that_many_at_once_do_not_slip_through()
    {
        var begun = 0;
        Parallel.For(0, 200, _ =>
        {
            if (_throttle.Begin("ann", "1.1.1.1") is null) Interlocked.Increment(ref begun);
        });
        begun.ShouldBe(SignInThrottle.MostPerAddress);
    }

    [Fact]
    public void Invented_names_do_not_fill_the_memory()
    {
        var windows = new BoundedWindows(TimeSpan.FromMinutes(5));
        for (var i = 0; i < BoundedWindows.MostKeys; i++) windows.Add($"name {i}", 1, _clock.GetUtcNow().AddMilliseconds(i));
        windows.Add("one more", 1, _clock.GetUtcNow().AddMinutes(1));
        windows.Of("name 0", _clock.GetUtcNow()).Count.ShouldBe(0);
        windows.Of($"name {BoundedWindows.MostKeys - 1}", _clock.GetUtcNow()).Count.ShouldBe(1);
        windows.Of("one more", _clock.GetUtcNow()).Count.ShouldBe(1);
    }

    private void Fail(string username, string address, int times)
    {
        for (var i = 0; i < times; i++) _throttle.Begin(username, address).ShouldBeNull();
    }
}
