namespace InstaMessenger.Hosting.Security;

/// <summary>The keys that guard what is kept at rest: section <c>Secrets</c>.</summary>
public sealed class SecretsOptions
{
    /// <summary>
    /// Protects the key ring, and so every access token and webhook secret: base64 of 32 bytes or more, the same for all services.
    /// Required.
    /// </summary>
    public string MasterKey { get; set; } = "";

    /// <summary>The folder of the key ring, shared by the services; by default <c>keys</c> in <c>Data:Directory</c>.</summary>
    public string? KeyDirectory { get; set; }
}
