using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.Shared;
using InstaMessenger.UiGateway;
using InstaMessenger.UiGateway.Proxy;
using Microsoft.AspNetCore.Builder;

namespace InstaMessenger.Tests.Hosting.Settings;

/// <summary>Each bad setting, given to the real host: what the operator reads is one line that names it, and the exit code is 1.</summary>
public sealed class RefusedSettingTests
{
    [Theory]
    [InlineData("ConnectionStrings:RabbitMq=rabbit.example", "ConnectionStrings:RabbitMq must be an address")]
    [InlineData("ConnectionStrings:Store=Server=", "ConnectionStrings:Store must name a MySQL or MariaDB database")]
    [InlineData("ConnectionStrings:Sender=nonsense", "ConnectionStrings:Sender must name a MySQL or MariaDB database")]
    [InlineData(
        "ConnectionStrings:CrmForwarder=Server=db;Sorver=x", "ConnectionStrings:CrmForwarder must name a MySQL or MariaDB database")]
    [InlineData("ConnectionStrings:Shop=Server=db;Database=x", "ConnectionStrings:Shop: there is no such setting")]
    [InlineData("Data:Directory=/proc/instamessenger", "Data:Directory (/proc/instamessenger) is no folder that can be written")]
    [InlineData("Data:Directory=/proc/self", "Data:Directory (/proc/self) is no folder that can be written")] // it is there
    [InlineData("Data:Directory=/dev/null", "Data:Directory (/dev/null) is no folder that can be written")]
    [InlineData("Secrets:KeyDirectory=/proc/keys", "Secrets:KeyDirectory (/proc/keys) is no folder that can be written")]
    [InlineData("Secrets:KeyDirectory=/proc/self", "Secrets:KeyDirectory (/proc/self) is no folder that can be written")]
    [InlineData("Secrets:MasterKey=", "Secrets:MasterKey is missing")]
    [InlineData("Secrets:MasterKey=short", "Secrets:MasterKey is weak")]
    [InlineData("Secrets:MasterKye=x", "Secrets:MasterKye: there is no such setting")]
    [InlineData("Jwt:SigningKeys:0=short", "Jwt:SigningKeys:0 is weak")]
    [InlineData("Jwt:LifetimeMinutes=0", "Jwt:LifetimeMinutes: ")]
    [InlineData("Bootstrap:AdminUsername=admin", "Bootstrap:AdminPassword is weak")]
    [InlineData("Bootstrap:AdminUser=admin", "Bootstrap:AdminUser: there is no such setting")]
    [InlineData("Instagram:GraphBaseUrl=notaurl", "Instagram:GraphBaseUrl: must be an address like https://example.com.")]
    [InlineData("Instagram:GraphBaseUrl=ftp://graph.example", "Instagram:GraphBaseUrl: must be an address like https://example.com.")]
    [InlineData("Instagram:GraphVersion=26", "Instagram:GraphVersion: must look like v26.0.")]
    [InlineData("Instagram:Apps:0:AppSecret=", "Instagram:Apps:0:AppSecret is empty")]
    [InlineData("Instagram:Apps:0:Secret=x", "Instagram:Apps:0:Secret: there is no such setting")]
    [InlineData("Instagram:AppSecret=x", "Instagram:AppSecret: there is no such setting")]
    [InlineData("Ingress:JournalMaxBytes=1", "Ingress:JournalMaxBytes: ")]
    [InlineData("Sender:Concurrency=0", "Sender:Concurrency: ")]
    [InlineData("Sender:Concurrency=many", "Sender:Concurrency")]
    [InlineData("Sender:Concurency=5", "Sender:Concurency: there is no such setting")]
    [InlineData("Deliveries:Most=0", "Deliveries:Most: ")]
    [InlineData("RateLimits:PerKeyBurst=0", "RateLimits:PerKeyBurst: ")]
    [InlineData("RateLimits:Gateways=0", "RateLimits:Gateways: ")]
    [InlineData("Bodies:DeadlineSeconds=0", "Bodies:DeadlineSeconds: ")]
    [InlineData("Outbound:AllowedAddresses=crm.lan,10.0.0.0/99", "Outbound:AllowedAddresses: '10.0.0.0/99' is no host name")]
    [InlineData("ForwardedHeaders:KnownProxies=proxy", "ForwardedHeaders:KnownProxies is neither")]
    [InlineData("Metrics:Port=nine", "Metrics:Port")]
    [InlineData("Metrics:Port=99999", "Metrics:Port")]
    [InlineData("Logging:Format=xml", "Logging:Format must be json or text")]
    [InlineData("Urls=nowhere", "Urls: ")]
    [InlineData("Urls=http://192.0.2.1:1", "Urls: ")] // not an address of this machine
    public async Task A_bad_setting_stops_the_start_with_one_line_that_names_it(string setting, string sentence)
    {
        using var folder = new TemporaryFolder();
        await ShouldBeOneLineAsync(() => StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path, setting)), sentence);
    }

    [Fact]
    public async Task Bad_settings_of_several_sections_are_one_line_that_names_them_all()
    {
        using var folder = new TemporaryFolder();
        // The last one is a setting of two services, which say the same of it.
        string[] settings = ["Sender:Concurrency=0", "Deliveries:Most=0", "Instagram:GraphVersion=26"];

        var line = await ShouldBeOneLineAsync(() => StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path, settings)), "");

        foreach (var name in settings.Select(setting => setting.Split('=')[0])) line.Split(name + ": ").Length.ShouldBe(2, line);
    }

    [Fact]
    public async Task Without_an_Instagram_app_it_does_not_start()
    {
        using var folder = new TemporaryFolder();
        var withoutApp = ServiceUnderTest.Arguments(folder.Path)
            .Where(argument => !argument.StartsWith("--Instagram:Apps", StringComparison.Ordinal)).ToArray();
        await ShouldBeOneLineAsync(() => StandaloneHost.Build(withoutApp), "Instagram:Apps:0:AppId, AppSecret and VerifyToken are missing");
    }

    [Fact]
    public async Task A_second_process_on_the_same_files_says_which_setting_to_change()
    {
        using var folder = new TemporaryFolder();
        await using var first = await ServiceUnderTest.StartAsync(StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path)));
        var line = await ShouldBeOneLineAsync(
            () => StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path)), $"Another process uses {folder.Path}/");
        line.ShouldEndWith("; stop it or set Data:Directory to another folder.");
    }

    [Fact]
    public async Task A_database_that_is_damaged_is_named()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "sender.db"), new string('x', 4096), TestContext.Current.CancellationToken);
        await ShouldBeOneLineAsync(
            () => StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path)),
            $"Data:Directory: {Path.Combine(folder.Path, "sender.db")} cannot be used: ");
    }

    [Theory]
    [InlineData("ingress")]
    [InlineData("store")]
    public async Task A_lock_that_cannot_be_made_is_not_taken_for_another_process(string database)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, $"{database}.db.lock"));
        await ShouldBeOneLineAsync(
            () => StandaloneHost.Build(ServiceUnderTest.Arguments(folder.Path)),
            $"Data:Directory: the lock of {Path.Combine(folder.Path, $"{database}.db")} cannot be taken: ");
    }

    [Theory]
    [InlineData("Services:Store=nowhere", "Services:Store must be")]
    [InlineData("Services:Sender:1=ftp://sender", "Services:Sender:1 must be")]
    [InlineData("Services:Stores=http://store:8082", "Services:Stores: there is no such setting")]
    public async Task A_service_address_that_is_none_stops_the_gateway(string setting, string sentence) =>
        await ShouldBeOneLineAsync(
            () =>
            {
                var builder = ServiceDefaults.CreateBuilder(["--Urls=http://127.0.0.1:0", "--" + setting], "ui-gateway", 0);
                builder.AddUiGateway();
                builder.AddProxy();
                var app = builder.Build();
                app.UseServiceDefaults();
                app.MapProxy();
                return app;
            },
            sentence);

    /// <summary>A setting that the page tells of and the start refuses would be a trap.</summary>
    [Fact]
    public async Task Every_setting_of_the_operations_page_is_known()
    {
        var page = await File.ReadAllLinesAsync(RepositoryRoot.Of("docs", "operations.md"), TestContext.Current.CancellationToken);
        var cells = page.SkipWhile(line => line != "## Settings").TakeWhile(line => line != "## Looking after it")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal));
        var names = cells.SelectMany(line => NamesOf(line.Split('|')[1]))
            .Where(name => name.Contains(':') && !name.StartsWith("Logging:", StringComparison.Ordinal)).ToList();

        names.Count.ShouldBeGreaterThan(30);
        names.Where(name => !KnownSettings.Names.Any(known => known == name || known.StartsWith(name + ":*", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    /// <summary>Who writes a setting into .env expects that it holds; what Compose does not pass on is lost without a word.</summary>
    [Fact]
    public async Task Every_setting_that_is_not_Composes_own_reaches_a_service_of_Compose()
    {
        var compose = await File.ReadAllTextAsync(RepositoryRoot.Of("docker-compose.yml"), TestContext.Current.CancellationToken);
        // Fixed by the images and volumes.
        string[] own = ["Data:Directory", "Metrics:Host"];
        // A second Meta app, and the signing key of before beside a new one.
        KnownSettings.Names.Where(name => !name.EndsWith(":*", StringComparison.Ordinal) || name == "Jwt:SigningKeys:*")
            .Except(own)
            .SelectMany(name => (string[])[name.Replace("*", "0"), name.Replace("*", "1")])
            .Where(name => !compose.Contains($"  {name.Replace(":", "__")}:", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    /// <summary>Of a cell like <c>`RateLimits:PerKeyPerSecond`, `:PerKeyBurst`</c>.</summary>
    private static List<string> NamesOf(string cell)
    {
        var names = cell.Split('`').Where((_, index) => index % 2 == 1).Select(name => name.Replace("[]", "", StringComparison.Ordinal))
            .ToList();
        return names.ConvertAll(name => name.StartsWith(':') ? names[0].Split(':')[0] + name : name);
    }

    private static async Task<string> ShouldBeOneLineAsync(Func<WebApplication> build, string sentence)
    {
        using var errors = new StringWriter();

        var code = await ServiceProcess.RunAsync(build, errors).WaitAsync(TimeSpan.FromSeconds(60));

        code.ShouldBe(1);
        var lines = errors.ToString().TrimEnd().Split('\n');
        lines.Length.ShouldBe(1, errors.ToString());
        lines[0].ShouldStartWith("InstaMessenger does not start. " + sentence);
        return lines[0];
    }
}
