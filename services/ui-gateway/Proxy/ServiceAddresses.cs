using InstaMessenger.Hosting.Settings;

namespace InstaMessenger.UiGateway.Proxy;

/// <summary>Where the services are: section <c>Services</c>. Each may have several addresses, one for each of its processes.</summary>
internal static class ServiceAddresses
{
    private static readonly (string Service, string Default)[] Services =
    [
        ("Ingress", "http://localhost:8081"),
        ("Store", "http://localhost:8082"),
        ("Sender", "http://localhost:8083"),
        ("CrmForwarder", "http://localhost:8084"),
    ];

    /// <exception cref="SettingException">An address is not a web address.</exception>
    public static IEnumerable<(string Service, IReadOnlyList<Uri> Addresses)> Read(IConfiguration configuration) =>
        Services.Select(service =>
    {
        var given = SettingList.Read(configuration, "Services:" + service.Service).Select(entry => Parse(entry.Name, entry.Value))
            .Distinct().ToList();
        return (service.Service, (IReadOnlyList<Uri>)(given.Count > 0 ? given : [new Uri(service.Default)]));
    });

    private static Uri Parse(string setting, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && WebAddressAttribute.Is(address)
            ? address
            : throw new SettingException($"{setting} must be an address like http://store:8082, or several, separated by commas.");
}
