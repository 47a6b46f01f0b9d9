using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>How much one client may ask: section <c>RateLimits</c>. Each limit is a bucket: a burst, refilled at a steady rate.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>Requests a second of one API key or session.</summary>
    [Range(1, int.MaxValue)]
    public int PerKeyPerSecond { get; set; } = 100;

    /// <summary>Requests at once of one API key or session.</summary>
    [Range(1, int.MaxValue)]
    public int PerKeyBurst { get; set; } = 200;

    /// <summary>
    /// Requests a second without a credential from one address (IPv6: from one /64 network). Requests whose credential has not proven right
    /// yet count here too.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int PerAddressPerSecond { get; set; } = 20;

    /// <summary>Requests at once without a credential from one address.</summary>
    [Range(1, int.MaxValue)]
    public int PerAddressBurst { get; set; } = 100;

    /// <summary>
    /// Sign-ins a minute from one address. The store also counts failures per user; this limits the password hashing that one address can
    /// cause.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int SignInsPerAddressPerMinute { get; set; } = 30;

    /// <summary>
    /// How many gateways share the load. Each counts for itself, so each grants its part of every limit, rounded up. If this is 1 and there
    /// are two gateways, a client that reaches both has twice the limits.
    /// </summary>
    [Range(1, 1000)]
    public int Gateways { get; set; } = 1;
}
