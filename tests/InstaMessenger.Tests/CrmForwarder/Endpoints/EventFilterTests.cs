using InstaMessenger.CrmForwarder.Endpoints;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Tests.CrmForwarder.Endpoints;

public sealed class EventFilterTests
{
    [Fact]
    public void Whatever_the_store_tells_may_be_asked_for_and_nothing_else() =>
        EventFilter.Known.ShouldBe(EventTypes.All, ignoreOrder: true);
}
