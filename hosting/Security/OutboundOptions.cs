using System.ComponentModel.DataAnnotations;
using System.Net;

namespace InstaMessenger.Hosting.Security;

/// <summary>Which stored URLs may be called besides https ones with public addresses: section <c>Outbound</c>.</summary>
public sealed class OutboundOptions : IValidatableObject
{
    /// <summary>
    /// Lets http and every private and loopback address through: for tests, and for a network that is trusted as a whole. Default false.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>
    /// Hosts (<c>crm.internal</c>), addresses (<c>10.1.2.3</c>) and networks (<c>10.1.0.0/16</c>) that may be called although private, also
    /// by http. Default none.
    /// </summary>
    public IList<string> AllowedAddresses { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var entry in AllowedAddresses.Where(entry => NetworkOf(entry) is null && HostOf(entry) is null))
            yield return new ValidationResult(
                $"'{entry}' is no host name, address or network (like 10.1.0.0/16).",
                [nameof(AllowedAddresses)]);
    }

    /// <summary>Parses a network, or an address as a network of one; null for anything else.</summary>
    internal static IPNetwork? NetworkOf(string? entry)
    {
        if (IPNetwork.TryParse(entry, out var network)) return network;
        return IPAddress.TryParse(entry?.Trim('[', ']'), out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : null;
    }

    /// <summary>A DNS name, in ASCII; null for anything else, like a URL or a name with a port.</summary>
    internal static string? HostOf(string? entry)
    {
        var name = entry?.Trim().TrimEnd('.');
        if (string.IsNullOrEmpty(name) || Uri.CheckHostName(name) != UriHostNameType.Dns) return null;
        return Uri.TryCreate($"https://{name}/", UriKind.Absolute, out var url)
            && url.HostNameType == UriHostNameType.Dns ? url.IdnHost : null;
    }
}
