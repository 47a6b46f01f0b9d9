using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>How hard CRMs are posted to: section <c>Deliveries</c>.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>Posts in flight at one endpoint. Default 16.</summary>
    [Range(1, 1000)]
    public int MostPerEndpoint { get; set; } = 16;

    /// <summary>Posts in flight at all endpoints of one account. Default 32.</summary>
    [Range(1, 1000)]
    public int MostPerAccount { get; set; } = 32;

    /// <summary>
    /// Posts that are under way for less than a second, at all endpoints together. Default 128. A post that takes longer leaves its place
    /// to others and counts for its endpoint and its account alone: an endpoint that hangs holds up only itself.
    /// </summary>
    [Range(1, 10_000)]
    public int Most { get; set; } = 128;

    /// <summary>
    /// How many of <see cref="Most"/> endpoints may take that have never answered in time, or did not the last time: a quarter.
    /// </summary>
    public int MostOnTrial => Math.Max(1, Most / 4);

    /// <summary>
    /// How many of <see cref="MostOnTrial"/> the endpoints that one user made may take together: half. Otherwise those of one user that
    /// hang are all that is tried, and everybody's new endpoint waits for them.
    /// </summary>
    public int MostOnTrialPerOwner => Math.Max(1, MostOnTrial / 2);

    /// <summary>How many of <see cref="Most"/> the endpoints that one user made may take together: three quarters.</summary>
    public int MostPerOwner => Math.Max(1, Most * 3 / 4);
}
