using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>How hard CRMs are posted to: section <c>Deliveries</c>.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>Posts in flight at one endpoint. Default 16.</summary>
    [Range(1, 1000)]
    public int MostPerEndpoint { get; set; } = 16;

    /// <summary>Posts in flight altogether. Default 128.</summary>
    [Range(1, 10_000)]
    public int Most { get; set; } = 128;
}
