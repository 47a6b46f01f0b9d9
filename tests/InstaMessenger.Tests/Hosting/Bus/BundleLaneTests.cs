using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Bus;

namespace InstaMessenger.Tests.Hosting.Bus;

public sealed class BundleLaneTests
{
    private readonly BundleLane<int> _lane = new();
    private readonly List<int[]> _handled = [];
    private Func<int[], Task> _before = _ => Task.CompletedTask;

    [Fact]
    public async Task Bundles_are_handled_in_the_brokers_order_whatever_order_they_come_in()
    {
        var third = Come(3);
        var second = Come(2);
        _handled.ShouldBeEmpty();

        await Task.WhenAll(Come(1), second, third);

        _handled.SelectMany(items => items).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Small_ones_that_wait_are_handled_together_and_never_more_than_128_items()
    {
        var hold = new TaskCompletionSource();
        _before = items => items[0] == 1 ? hold.Task : Task.CompletedTask;
        var all = new List<Task> { Come(1) };
        all.AddRange(Enumerable.Range(2, 200).Select(number => Come((ulong)number)));
        hold.SetResult();
        await Task.WhenAll(all);

        _handled.Select(items => items.Length).ShouldBe([1, 128, 72]);
        _handled.SelectMany(items => items).ShouldBe(Enumerable.Range(1, 201));
    }

    [Fact]
    public async Task A_lane_that_ends_finishes_what_it_began_and_begins_nothing_more()
    {
        var hold = new TaskCompletionSource();
        _before = _ => hold.Task;
        var (first, second) = (Come(1), Come(2));

        var ending = _lane.EndAsync();
        ending.IsCompleted.ShouldBeFalse();
        hold.SetResult();
        await Task.WhenAll(first, ending);
        _lane.LetGo();

        await _lane.Gone;
        second.IsCompleted.ShouldBeFalse();
        _handled.SelectMany(items => items).ShouldBe([1]);
    }

    [Fact]
    public async Task One_that_failed_is_overtaken_by_none_until_it_comes_again()
    {
        var away = true;
        _before = _ => away ? throw new TimeoutException("the database is away") : Task.CompletedTask;
        await Should.ThrowAsync<TimeoutException>(() => Come(1));
        away = false;

        var second = Come(2);
        second.IsCompleted.ShouldBeFalse();
        await Task.WhenAll(Come(1), second);

        _handled.SelectMany(items => items).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task One_that_leaves_unhandled_holds_up_none()
    {
        _before = items => items[0] == 1 ? throw new TimeoutException("away") : Task.CompletedTask;
        await Should.ThrowAsync<TimeoutException>(() => Come(1));
        var third = Come(3);

        _lane.Leave(2); // a body that nobody could read
        third.IsCompleted.ShouldBeFalse();
        _lane.Leave(1);
        await third;

        _handled.SelectMany(items => items).ShouldBe([3]);
    }

    private Task Come(ulong number) =>
        _lane.HandleAsync(number, new BundleLane<int>.Turn([new BusItem<int>($"item-{number}", null, (int)number)], async items =>
    {
        int[] numbers = [.. items.Select(item => item.Body)];
        await _before(numbers);
        _handled.Add(numbers);
    }));
}
