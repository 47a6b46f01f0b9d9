using Microsoft.Extensions.Configuration;

namespace InstaMessenger.Hosting.Settings;

/// <summary>
/// Every name in the product's own sections. A name that is not here is a typing mistake. Ignored, it would be found weeks later, so the
/// start names it. All services know all names, because one file of settings is given to all of them.
/// </summary>
public static class KnownSettings
{
    /// <summary>The names; a star stands for the number of a list's entry.</summary>
    public static readonly IReadOnlySet<string> Names = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "Accounts:SweepEveryMinutes", "Accounts:SweepGraceSeconds",
        "Audit:KeepDays",
        "Bodies:DeadlineSeconds", "Bodies:MostBytesInFlight",
        "Bootstrap:AdminPassword", "Bootstrap:AdminUsername", "Bootstrap:ApiKey",
        "ConnectionStrings:CrmForwarder", "ConnectionStrings:CrmMirror", "ConnectionStrings:RabbitMq", "ConnectionStrings:Sender",
        "ConnectionStrings:Store",
        "Data:Directory",
        "Deliveries:Most", "Deliveries:MostPerAccount", "Deliveries:MostPerEndpoint",
        "Events:KeepDays",
        "ForwardedHeaders:KnownProxies", "ForwardedHeaders:KnownProxies:*",
        "Ingress:JournalMaxBytes",
        "Instagram:Apps:*:AppId",
        "Instagram:Apps:*:AppSecret",
        "Instagram:Apps:*:ConfigId",
        "Instagram:Apps:*:LoginType",
        "Instagram:Apps:*:VerifyToken",
        "Instagram:AuthorizeBaseUrl",
        "Instagram:GraphBaseUrl",
        "Instagram:GraphVersion",
        "Jwt:LifetimeMinutes", "Jwt:SigningKeys:*",
        "Media:Directory", "Media:MostBytes", "Media:UploadBytesPerAccount", "Media:UploadHours",
        "Media:S3:AccessKey", "Media:S3:Bucket", "Media:S3:Endpoint", "Media:S3:Prefix", "Media:S3:Region", "Media:S3:SecretKey",
        "Metrics:Host", "Metrics:Port",
        "Outbound:AllowedAddresses", "Outbound:AllowedAddresses:*", "Outbound:AllowPrivateAddresses",
        "Public:BaseUrl", "Public:CheckFromHere",
        "RateLimits:Gateways",
        "RateLimits:PerAddressBurst",
        "RateLimits:PerAddressPerSecond",
        "RateLimits:PerKeyBurst",
        "RateLimits:PerKeyPerSecond",
        "RateLimits:SignInsPerAddressPerMinute",
        "Secrets:KeyDirectory", "Secrets:MasterKey",
        "Sender:AbsentAfterSeconds", "Sender:AudioVideoPerSecond", "Sender:CallTimeout", "Sender:Concurrency", "Sender:MostPerAccount",
        "Sender:PrivateRepliesPerHour",
        "Sender:ReadBackAfterSeconds", "Sender:ResendAbsent", "Sender:SendsPerSecond",
        "Sender:SendsPerThreadPerSecond",
        "Services:CrmForwarder",
        "Services:CrmForwarder:*",
        "Services:Ingress",
        "Services:Ingress:*",
        "Services:Sender",
        "Services:Sender:*",
        "Services:Store",
        "Services:Store:*",
    };

    private static readonly HashSet<string> Sections = new(Names.Select(name => name.Split(':')[0]), StringComparer.OrdinalIgnoreCase);

    /// <summary>Refuses unknown names in the product's sections.</summary>
    /// <param name="configuration">All settings.</param>
    /// <exception cref="SettingException">Some names are unknown; the message names each.</exception>
    public static void Check(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var unknown = configuration.GetChildren()
            .Where(section => Sections.Contains(section.Key))
            .SelectMany(section => section.AsEnumerable())
            // A section has no value of its own. An empty value is as good as none, because Compose passes what nobody has set as an empty
            // text.
            .Where(setting => !string.IsNullOrEmpty(setting.Value) && !Names.Contains(General(setting.Key)))
            .Select(setting => setting.Key)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (unknown.Count > 0)
            throw new SettingException($"{string.Join(", ", unknown)}: there is no such setting; docs/operations.md lists them all.");
    }

    private static string General(string name) =>
        string.Join(':', name.Split(':').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? "*" : part));
}
