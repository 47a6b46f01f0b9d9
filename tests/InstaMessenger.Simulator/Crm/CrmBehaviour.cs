namespace InstaMessenger.Simulator.Crm;

/// <summary>How a CRM inbox answers. The default is a healthy CRM: 200, at once.</summary>
public sealed record CrmBehaviour
{
    /// <summary>HTTP status; 410 says that nobody wants these events any more.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Waited before the answer, in milliseconds.</summary>
    public int DelayMs { get; init; }

    /// <summary>Value of <c>Retry-After</c>; null leaves it out.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Value of <c>Location</c>, for a 3xx; null leaves it out.</summary>
    public string? Location { get; init; }

    /// <summary>Cuts the connection instead of answering. The delivery is recorded all the same.</summary>
    public bool Abort { get; init; }

    /// <summary>Drips the answer's body one byte each so many milliseconds, <see cref="BodyBytes"/> of them; 0 writes it at once.</summary>
    public int DripMs { get; init; }

    /// <summary>Length of the answer's body; -1 never ends.</summary>
    public int BodyBytes { get; init; }

    /// <summary>Answers 503 to the first so many attempts of each <c>webhook-id</c>.</summary>
    public int FailFirstPerId { get; init; }

    /// <summary>Answers 401 when neither signature is valid, as a careful CRM does.</summary>
    public bool RefuseBadSignature { get; init; }
}
