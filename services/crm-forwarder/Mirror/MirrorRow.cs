namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>A row as it is to be.</summary>
/// <param name="Values">One value for each column, in order; the last one is the sequence.</param>
internal sealed record MirrorRow(MirrorTable Table, object?[] Values)
{
    /// <summary>The event that it is as new as.</summary>
    public long Sequence => (long)Values[^1]!;

    /// <summary>What names it in its table.</summary>
    public string Key => KeyOf(Values[..Table.Key.Length]);

    /// <summary>Its first column: of what belongs to a message, the message.</summary>
    public string First => (string)Values[0]!;

    /// <summary>Joins the values of a key.</summary>
    public static string KeyOf(params object?[] values) => string.Join('\n', values);
}
