namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Which text of an endpoint's owner may stand in a request. It is written as it is, because the typed parsers of .NET know fewer forms
/// than CRMs want; so this is all that keeps a line break in it from beginning a second request. It is asked when a header is given, and
/// again at each post: a row may come from a restored backup or a person's hand.
/// </summary>
internal static class OwnerHeader
{
    public static bool IsName(string name) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    public static bool IsSendable(string name, string? value) =>
        IsName(name) && value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~') && value.Trim() == value;
}
