namespace InstaMessenger.Simulator.Meta.Faults;

/// <summary>When the echo of a send is posted.</summary>
public enum EchoMode
{
    /// <summary>After the Send API answered (the usual case).</summary>
    AfterAnswer,

    /// <summary>The echo's webhook is answered before the Send API answers.</summary>
    BeforeAnswer,

    /// <summary>Never: the account is not subscribed to echoes.</summary>
    None,
}
