namespace InstaMessenger.Sender.Data;

/// <summary>Where a send stands. The first three are open: a send behind one of them to the same contact must wait.</summary>
internal enum LedgerState
{
    /// <summary>No call made yet, or an operator asked for another one.</summary>
    Queued,

    /// <summary>A call is about to be made, is under way, or is being recorded.</summary>
    Claimed,

    /// <summary>Certainly not sent; tried again once due.</summary>
    Waiting,

    /// <summary>Meta has it.</summary>
    Sent,

    /// <summary>It will never be sent.</summary>
    Rejected,

    /// <summary>Meta may have it. Only an echo or an operator moves it on.</summary>
    Unknown,
}
