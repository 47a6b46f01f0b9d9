namespace InstaMessenger.Simulator.Meta.Faults;

/// <summary>How a call goes wrong.</summary>
public enum FaultKind
{
    /// <summary>Not at all: the call is only late, or carries usage headers.</summary>
    Latency,

    /// <summary>An error body with a status and a code.</summary>
    Error,

    /// <summary>The TCP connection is cut without an answer.</summary>
    Reset,

    /// <summary>No answer ever; the connection stays open until the caller gives up.</summary>
    Hang,

    /// <summary>A 200 whose body is not JSON.</summary>
    Garbage,
}
