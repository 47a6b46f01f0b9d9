namespace InstaMessenger.Simulator.Meta.Faults;

/// <summary>One way for a Graph API call to go wrong.</summary>
public sealed record Fault
{
    /// <summary>How the answer looks.</summary>
    public FaultKind Kind { get; init; } = FaultKind.Error;

    /// <summary>Whether the message is delivered all the same: the caller sees a failure, the customer a message.</summary>
    public bool Accepted { get; init; }

    /// <summary>Whether an accepted message's echo is lost.</summary>
    public bool LosesEcho { get; init; }

    /// <summary>Added before anything else, in milliseconds.</summary>
    public int DelayMs { get; init; }

    /// <summary>HTTP status of an error.</summary>
    public int Status { get; init; } = 400;

    /// <summary>Meta's error code; null for an answer without Meta's error body (a gateway's 502).</summary>
    public int? Code { get; init; }

    /// <summary>Meta's error subcode.</summary>
    public int? Subcode { get; init; }

    /// <summary>The error's message; null for a text that fits the code.</summary>
    public string? Message { get; init; }

    /// <summary><c>is_transient</c>; null leaves it out.</summary>
    public bool? Transient { get; init; }

    /// <summary>Percent in the usage headers; null leaves them out.</summary>
    public int? UsagePercent { get; init; }

    /// <summary><c>estimated_time_to_regain_access</c>, in minutes.</summary>
    public int RegainMinutes { get; init; }

    /// <summary>Value of <c>Retry-After</c>; null leaves it out.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>The call works, late.</summary>
    public static Fault Latency(int milliseconds) => new() { Kind = FaultKind.Latency, DelayMs = milliseconds };

    /// <summary>A rate limit: 613 and 80002 pause the account, 4 the whole app.</summary>
    public static Fault RateLimit(int code = 613, int regainMinutes = 1) =>
        new() { Status = 429, Code = code, UsagePercent = 100, RegainMinutes = regainMinutes };

    /// <summary>The token is dead: 190/463 unless another subcode is given.</summary>
    public static Fault ExpiredToken(int subcode = 463) =>
        new() { Status = 401, Code = 190, Subcode = subcode, Message = "Error validating access token: Session has expired." };

    /// <summary>A gateway's 5xx without Meta's error body.</summary>
    public static Fault ServerError(bool accepted, int status = 502) => new() { Status = status, Accepted = accepted };

    /// <summary>Any error of Meta's.</summary>
    public static Fault Error(int code, int? subcode = null, int status = 400, bool accepted = false) =>
        new() { Status = status, Code = code, Subcode = subcode, Accepted = accepted };

    /// <summary>The TCP connection is cut.</summary>
    public static Fault Reset(bool accepted) => new() { Kind = FaultKind.Reset, Accepted = accepted };

    /// <summary>The caller waits until it gives up.</summary>
    public static Fault Hang(bool accepted) => new() { Kind = FaultKind.Hang, Accepted = accepted };

    /// <summary>A 200 that cannot be parsed.</summary>
    public static Fault Garbage(bool accepted) => new() { Kind = FaultKind.Garbage, Accepted = accepted };

    /// <summary>The faults that have a name in the control API and on the page.</summary>
    public static IReadOnlyDictionary<string, Fault> Presets { get; } = new Dictionary<string, Fault>
    {
        ["rate_limit"] = RateLimit(),
        ["app_rate_limit"] = RateLimit(code: 4),
        ["expired_token"] = ExpiredToken(),
        ["server_error"] = ServerError(accepted: false),
        ["server_error_accepted"] = ServerError(accepted: true),
        ["reset"] = Reset(accepted: false),
        ["reset_accepted"] = Reset(accepted: true),
        ["hang"] = Hang(accepted: false),
        ["hang_accepted"] = Hang(accepted: true),
        ["garbage_accepted"] = Garbage(accepted: true),
        ["unknown_accepted"] = Error(1, status: 500, accepted: true),
        ["sent_but_invalid_json"] = Error(1, 1357046, accepted: true),
        ["service_down_accepted"] = Error(2, status: 500, accepted: true) with { Transient = true },
        ["refused_accepted"] = Error(20, 1772107, accepted: true),
        ["window_closed"] = Error(10, 2534022, status: 403),
        ["unavailable"] = Error(551, 1545041),
    };
}
