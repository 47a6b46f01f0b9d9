using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>Reads the fields of an endpoint from a request body, and collects what is wrong with them.</summary>
/// <param name="outbound">Judges the address, by the same rules as when it is called.</param>
internal sealed class EndpointFields(OutboundRules outbound)
{
    private const int LongestUrl = 2048;
    private const int LongestDescription = 200;
    private const int MostAccounts = 1000;
    private const int FastestRate = 1000;

    private readonly List<(string Field, string Error)> _faults = [];

    public (string Field, string Error)[] Faults => [.. _faults];

    public string Url(string? text)
    {
        if (text is null || text.Length > LongestUrl || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            Fault("url", $"It is a URL of at most {LongestUrl} characters.");
        else if (text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter)))
            Fault("url", "It has a blank or a control character.");
        else if (outbound.Refusal(url) is { } refusal) Fault("url", refusal);
        return text ?? "";
    }

    public IReadOnlyList<AccountId> Accounts(IReadOnlyList<string?> given)
    {
        var ids = new List<AccountId>(given.Count);
        foreach (var text in given)
        {
            if (AccountId.TryParse(text, out var id)) ids.Add(id);
            else Fault("account_ids", "Each is the id of an account: acc_…");
        }

        if (given.Count is 0 or > MostAccounts) Fault("account_ids", $"1 to {MostAccounts} accounts; null for all of them.");
        return [.. ids.Distinct()];
    }

    public string? EventTypes(IReadOnlyList<string?>? given)
    {
        if (given is null) return null;
        if (given.Count == 0) Fault("event_types", "At least one; null for all of them.");
        foreach (var type in given.Where(type => type is null || !EventFilter.Known.Contains(type)))
        {
            var name = type?.Length > 50 ? type[..50] : type;
            Fault("event_types", $"There is no event type {name}. Known are {string.Join(", ", EventFilter.Known)}.");
        }

        return EventFilter.Stored(given.OfType<string>().Where(EventFilter.Known.Contains));
    }

    public string? Description(string? text)
    {
        if (text?.Length > LongestDescription || text?.Any(char.IsControl) == true)
            Fault("description", $"It has at most {LongestDescription} characters, and no control characters.");
        return text;
    }

    public Dictionary<string, string> Headers(IReadOnlyDictionary<string, string?>? given, IReadOnlyDictionary<string, string> before)
    {
        if (given is null) return [];
        if (CustomHeaders.FaultOf(given) is { } fault) Fault("headers", fault);
        else if (given.Any(header => header.Value == CustomHeaders.Hidden && !before.ContainsKey(header.Key)))
            Fault("headers", $"{CustomHeaders.Hidden} stands for a value that is kept, and there is none.");
        else return CustomHeaders.Merged(given, before);
        return [];
    }

    /// <summary>
    /// Refuses to send values that clients are not shown to another host: whoever may change the address could read them there.
    /// </summary>
    /// <param name="headers">The headers as they are given; null to leave them as they are.</param>
    /// <param name="before">The headers as they are.</param>
    public void HeadersStay(IReadOnlyDictionary<string, string?>? headers, IReadOnlyDictionary<string, string> before)
    {
        var goesOn = headers?.Values ?? CustomHeaders.Shown(before).Values.AsEnumerable<string?>();
        if (goesOn.Contains(CustomHeaders.Hidden))
            Fault("headers", $"The values shown as {CustomHeaders.Hidden} do not go to another host: give them again, or leave them out.");
    }

    public int? MaxPerSecond(int? given)
    {
        if (given is < 1 or > FastestRate) Fault("max_per_second", $"It is 1 to {FastestRate}.");
        return given;
    }

    public void Fault(string field, string error) => _faults.Add((field, error));
}
