namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Tells a row whose content makes no sense from a database that did not answer.</summary>
internal static class Unreadable
{
    /// <summary>Whether an error came from making objects of what the database had given.</summary>
    public static bool Is(Exception error) => error is FormatException or ArgumentException or InvalidCastException or OverflowException;
}
