using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Security.AntiSSRF;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Where a URL that somebody stored may lead: https to a public address, or what the operator allows besides. The same rules judge it when
/// it is stored and when it is called, so that no URL is accepted that can never be called.
/// </summary>
/// <remarks>The ranges come from Microsoft.Security.AntiSSRF and grow with it.</remarks>
public sealed class OutboundRules
{
    private static readonly IPNetwork[] Denied = [.. IPAddressRanges.recommendedLatest.Select(IPNetwork.Parse)];

    /// <summary>Everything that is routed on the public IPv6 internet; the rest is local, mapped or not assigned.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>No host has such an address: "this network", on which Linux connects to itself, multicast and broadcast.</summary>
    private static readonly IPNetwork[] Nowhere =
        [
            IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("255.255.255.255/32"), IPNetwork.Parse("::/128"),
            IPNetwork.Parse("ff00::/8"),
        ];

    /// <summary>
    /// Where clouds hand their secrets to whoever asks from inside, and every other link-local address: refused whatever the operator
    /// allows, because no CRM and no media are there. 169.254.169.254 is nearly everybody's; AWS, Alibaba, Azure and Oracle have others.
    /// </summary>
    private static readonly IPNetwork[] Never =
        [
            IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fd00:ec2::254/128"),
            IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("168.63.129.16/32"), IPNetwork.Parse("192.0.0.192/32"),
        ];

    private readonly bool _allowPrivate;
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IPNetwork> _networks = [];

    /// <summary>Makes rules.</summary>
    /// <param name="options">What the operator allows besides public addresses.</param>
    /// <exception cref="FormatException">An entry of the list is no host name, address or network; the message names it.</exception>
    public OutboundRules(OutboundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _allowPrivate = options.AllowPrivateAddresses;
        foreach (var entry in options.AllowedAddresses)
        {
            if (OutboundOptions.NetworkOf(entry) is { } network) _networks.Add(network);
            else if (OutboundOptions.HostOf(entry) is { } host) _hosts.Add(host);
            else throw new FormatException($"Outbound:AllowedAddresses: {entry} is no host name, address or network (like 10.1.0.0/16).");
        }
    }

    /// <summary>Judges all of a URL that can be judged without the network.</summary>
    /// <returns>Why it can never be called, as a sentence; null when it may be.</returns>
    public string? Refusal(Uri? url)
    {
        if (url is not { IsAbsoluteUri: true }) return "It is no absolute URL.";
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) return "It is not https.";
        if (url.UserInfo.Length > 0) return "It carries a user name, which only misleads readers about the host.";
        var host = NameOf(url);
        if (host.Length == 0 || url.Port == 0) return "It names no host and port that can be connected to.";
        if (IPAddress.TryParse(host, out var address)) return RefusalOf(url, address);
        if (_allowPrivate || _hosts.Contains(host)) return null;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            return _networks.Exists(network => network.Contains(IPAddress.Loopback)) ? null : "Its host is this machine.";
        // A name may lead into an allowed network; which address it has is found when it is called.
        return url.Scheme == Uri.UriSchemeHttps || _networks.Count > 0 ? null : "It is not https.";
    }

    /// <summary>Whether two URLs lead to the same server: scheme, host and port.</summary>
    /// <param name="other">Another one; null leads nowhere.</param>
    /// <returns>Whether what one of them may see the other may too; false for what is no URL.</returns>
    public static bool IsSameHost(string url, string? other) =>
        Uri.TryCreate(url, UriKind.Absolute, out var one) && Uri.TryCreate(other, UriKind.Absolute, out var two)
        && Uri.Compare(one, two, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>Whether a name with this address may be connected to.</summary>
    /// <param name="url">The URL that names it.</param>
    /// <param name="address">One of its addresses.</param>
    /// <returns>
    /// True for https to public unicast addresses, and for what the operator allows; never for link-local and metadata addresses.
    /// </returns>
    public bool Allows(Uri url, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (Array.Exists(Nowhere, network => network.Contains(address)) || IsNeverCalled(address)) return false;
        if (_allowPrivate || _hosts.Contains(NameOf(url)) || _networks.Exists(network => network.Contains(address))) return true;
        return url.Scheme == Uri.UriSchemeHttps && IsPublic(address);
    }

    /// <summary>Whether an address is a public unicast one, whatever the operator allows.</summary>
    /// <param name="address">Any address.</param>
    /// <returns>False for private, loopback, link-local, mapped, translated, reserved and unassigned ones.</returns>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)) return false;
        return !Array.Exists(Denied, network => network.Contains(address));
    }

    private static bool IsNeverCalled(IPAddress address) => Array.Exists(Never, network => network.Contains(address))
        || (EmbeddedIn(address) is { } embedded && Array.Exists(Never, network => network.Contains(embedded)));

    /// <summary>
    /// The IPv4 address that a network may translate an IPv6 one into: IPv4-compatible (::/96), NAT64 (64:ff9b::/96, RFC 6052) and 6to4
    /// (2002::/16, RFC 3056).
    /// </summary>
    private static IPAddress? EmbeddedIn(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        var bytes = address.GetAddressBytes();
        if (bytes is [0x20, 0x02, ..]) return new IPAddress(bytes.AsSpan(2, 4));
        return bytes.AsSpan(4, 8).ContainsAnyExcept((byte)0) || bytes is not ([0, 0, 0, 0, ..] or [0, 0x64, 0xff, 0x9b, ..])
            ? null
            : new IPAddress(bytes.AsSpan(12));
    }

    private string? RefusalOf(Uri url, IPAddress address)
    {
        if (Allows(url, address)) return null;
        return url.Scheme == Uri.UriSchemeHttp && IsPublic(address) ? "It is not https." : "Its address is not public.";
    }

    /// <summary>
    /// Returns the host in the form in which it is looked up: ASCII, no brackets, no dot at the end, no strange digits that hide an
    /// address.
    /// </summary>
    private static string NameOf(Uri url)
    {
        var plain = string.Concat(url.Host.Select(Plain)).Trim('[', ']').TrimEnd('.');
        return IPAddress.TryParse(plain, out _) ? plain : url.IdnHost.TrimEnd('.');
    }

    /// <summary>
    /// An encircled or wide digit as a digit, and a wide dot as a dot. Not by Unicode normal forms, which need data that a small container
    /// lacks.
    /// </summary>
    private static char Plain(char letter) => letter switch
    {
        '\u3002' or '\uFF0E' or '\uFF61' => '.',
        > '\x7F' when CharUnicodeInfo.GetDigitValue(letter) is >= 0 and var digit => (char)('0' + digit),
        _ => letter,
    };
}
