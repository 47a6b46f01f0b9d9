namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>A post under way.</summary>
/// <param name="lane">The lane whose slot it holds.</param>
/// <param name="delivery">What is posted.</param>
/// <param name="target">Where to.</param>
/// <param name="began">The clock's timestamp when it began.</param>
internal sealed class Post(Lane lane, DueDelivery delivery, DeliveryTarget target, long began)
{
    public Lane Lane => lane;

    public DueDelivery Delivery => delivery;

    public DeliveryTarget Target => target;

    public long Began => began;

    /// <summary>Whether it began on trial; see <see cref="DeliveryOptions.MostOnTrial"/>.</summary>
    public bool OnTrial { get; } = !target.Proven;

    /// <summary>Whether it holds one of the places for posts that go quickly.</summary>
    public bool IsQuick { get; set; } = true;
}
