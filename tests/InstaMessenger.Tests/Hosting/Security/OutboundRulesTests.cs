using System.ComponentModel.DataAnnotations;
using System.Net;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Tests.Hosting.Security;

/// <summary>
/// What is judged when an address is stored. Addresses that could never be called were taken in, and their deliveries died one by one.
/// </summary>
public sealed class OutboundRulesTests
{
    [Theory]
    [InlineData("https://crm.example/hook")]
    [InlineData("https://crm.example:8443/hook?key=1")]
    [InlineData("https://crm.example./")]
    [InlineData("https://käse.example/")]
    [InlineData("https://xn--kse-qla.example/")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("https://[2606:4700::1111]/")]
    public void A_public_https_address_is_taken(string url) => Refusal(url).ShouldBeNull();

    [Theory]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://0/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::0.0.0.0]/")]
    [InlineData("https://[::ffff:0.0.0.0]/")]
    [InlineData("http://crm.example/")]
    [InlineData("http://1.1.1.1/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://10.0.0.1./")]
    [InlineData("https://①②⑦.⓪.⓪.①/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://255.255.255.255/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://crm.localhost/")]
    [InlineData("https://user@crm.example/")]
    [InlineData("https://user:secret@crm.example/")]
    [InlineData("https://crm.example:0/")]
    [InlineData("ftp://crm.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    public void An_address_that_can_never_be_called_is_refused_when_it_is_stored(string url) => Refusal(url).ShouldNotBeNull();

    [Theory]
    [InlineData("http://crm.example/", true)]
    [InlineData("http://localhost:8090/crm/demo", true)]
    [InlineData("https://10.0.0.1/", true)]
    [InlineData("http://[::1]:8090/", true)]
    [InlineData("https://0.0.0.0/", false)]
    [InlineData("http://[::]/", false)]
    [InlineData("http://224.0.0.1/", false)]
    [InlineData("http://user@localhost/", false)]
    [InlineData("ftp://localhost/", false)]
    public void A_network_that_is_trusted_as_a_whole_still_has_addresses_that_nobody_has(string url, bool taken) =>
        (Refusal(url, allowPrivate: true) is null).ShouldBe(taken);

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[::ffff:a9fe:a9fe]")]
    [InlineData("[::169.254.169.254]")]
    [InlineData("[64:ff9b::a9fe:a9fe]")]
    [InlineData("[2002:a9fe:a9fe::]")]
    [InlineData("[fe80::1]")]
    [InlineData("[febf:ffff::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("2852039166")]
    [InlineData("0xa9fea9fe")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    public void Link_local_and_metadata_addresses_are_refused_whatever_the_operator_allows(string host)
    {
        foreach (var scheme in new[] { "http", "https" })
        {
            Refusal($"{scheme}://{host}/latest", allowPrivate: true).ShouldNotBeNull();
            Refusal($"{scheme}://{host}/latest", allowPrivate: false, "169.254.0.0/16", "::/0", "0.0.0.0/0").ShouldNotBeNull();
        }

        var address = IPAddress.Parse(new Uri($"http://{host}/").Host.Trim('[', ']'));
        var rules = Rules(allowPrivate: true, "metadata.internal");
        // A name leads there, which is found when it is called.
        rules.Allows(new Uri("http://metadata.internal/"), address).ShouldBeFalse();
        rules.Allows(new Uri("https://crm.example/"), address).ShouldBeFalse();
    }

    [Theory]
    [InlineData("[64:ff9b::a00:1]", "10.0.0.1 by NAT64")]
    [InlineData("[fd00:ec2::1]", "beside the metadata address")]
    [InlineData("168.63.129.17", "beside the metadata address")]
    public void What_lies_beside_them_is_judged_as_before(string host, string _) =>
        Refusal($"http://{host}/", allowPrivate: true).ShouldBeNull();

    [Theory]
    [InlineData("http://10.1.2.3/", true)]
    [InlineData("https://10.1.2.3/", true)]
    [InlineData("https://[::ffff:10.1.2.3]/", true)]
    [InlineData("https://10.2.0.1/", false)]
    [InlineData("https://[64:ff9b::a01:203]/", false)]
    [InlineData("http://crm.internal/", true)]
    [InlineData("http://CRM.Internal./", true)]
    [InlineData("http://1.1.1.1/", false)]
    [InlineData("https://localhost/", false)]
    [InlineData("https://[fd00::5]/", true)]
    public void What_is_listed_is_taken_also_by_http(string url, bool taken) =>
        (Refusal(url, allowPrivate: false, "10.1.0.0/16", "crm.internal", "fd00::5") is null).ShouldBe(taken);

    [Theory]
    [InlineData("http://crm.internal:80")]
    [InlineData("10.0.0.0/33")]
    [InlineData("crm internal")]
    [InlineData("")]
    [InlineData("*")]
    public void An_entry_that_is_no_host_and_no_network_stops_the_start_with_its_name(string entry)
    {
        var options = new OutboundOptions();
        options.AllowedAddresses.Add("10.0.0.0/8");
        options.AllowedAddresses.Add(entry);
        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true).ShouldBeFalse();
        errors.ShouldHaveSingleItem().ErrorMessage!.ShouldContain($"'{entry}' is no host name");
    }

    [Fact]
    public void An_address_found_for_a_name_is_judged_by_the_same_rules()
    {
        var rules = Rules(false, "10.1.0.0/16");
        rules.Allows(new Uri("https://crm.example/"), IPAddress.Parse("1.1.1.1")).ShouldBeTrue();
        rules.Allows(new Uri("http://crm.example/"), IPAddress.Parse("10.1.0.1")).ShouldBeTrue();
        // A name that was stored by http because it might lead into the network, and does not.
        rules.Allows(new Uri("http://crm.example/"), IPAddress.Parse("1.1.1.1")).ShouldBeFalse();
        rules.Allows(new Uri("https://crm.example/"), IPAddress.Parse("10.2.0.1")).ShouldBeFalse();
        rules.Allows(new Uri("https://crm.example/"), IPAddress.Any).ShouldBeFalse();
    }

    private static string? Refusal(string url, bool allowPrivate = false, params string[] allowed) =>
        Rules(allowPrivate, allowed).Refusal(Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed : null);

    private static OutboundRules Rules(bool allowPrivate, params string[] allowed)
    {
        var options = new OutboundOptions { AllowPrivateAddresses = allowPrivate };
        foreach (var entry in allowed) options.AllowedAddresses.Add(entry);
        return new OutboundRules(options);
    }
}
