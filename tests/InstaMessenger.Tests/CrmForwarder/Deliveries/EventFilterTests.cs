using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Store.Events;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class EventFilterTests
{
    [Fact]
    public void Whatever_the_store_tells_may_be_asked_for_and_nothing_else() =>
        EventFilter.Known.ShouldBe(EventTypes.All, ignoreOrder: true);
}
