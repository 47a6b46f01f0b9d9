using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.People;

namespace InstaMessenger.Tests.Store.People;

public sealed class ProfileCacheTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1752834910000);

    [Fact]
    public void Whoever_was_needed_least_recently_goes_first()
    {
        var cache = new ProfileCache(most: 3);
        foreach (var n in (int[])[1, 2, 3]) cache.Put(Thread(n), Now);
        cache.IsFresh(Thread(1), Now).ShouldBeTrue();

        cache.Put(Thread(4), Now);

        cache.IsFresh(Thread(2), Now).ShouldBeFalse();
        ((int[])[1, 3, 4]).ShouldAllBe(n => cache.IsFresh(Thread(n), Now));
        cache.Count.ShouldBe(3);
    }

    [Fact]
    public void After_a_day_it_is_asked_again()
    {
        var cache = new ProfileCache();
        cache.Put(Thread(1), Now);

        cache.IsFresh(Thread(1), Now + TimeSpan.FromHours(23)).ShouldBeTrue();
        cache.IsFresh(Thread(1), Now + TimeSpan.FromHours(24)).ShouldBeFalse();
        cache.Count.ShouldBe(0);
    }

    [Fact]
    public void It_never_grows_beyond_its_limit()
    {
        var cache = new ProfileCache();
        for (var n = 0; n < ProfileCache.Most + 10; n++) cache.Put(Thread(n), Now);

        cache.Count.ShouldBe(10_000);
    }

    private static ConversationId Thread(int n) => ConversationId.Parse($"conv_{n}");
}
