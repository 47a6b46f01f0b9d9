using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Page;

namespace InstaMessenger.Simulator;

/// <summary>How a simulator starts. The defaults are for tests: any free port, no account, nothing goes wrong.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>
    /// Host names by which it may be called, beside localhost and that of <see cref="Url"/>: in Compose, the service's name.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Times and delays; waits of <c>WaitForAsync</c> run on real time all the same.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Where webhooks are posted; may be set later, when the product's port is known.</summary>
    public Uri? CallbackUrl { get; set; }

    /// <summary>Signs the webhooks.</summary>
    public string AppSecret { get; set; } = "simulator_app_secret";

    /// <summary>Accounts known from the start.</summary>
    public IList<SimulatedAccount> Accounts { get; } = [];

    /// <summary>Customers known from the start, and again after a reset.</summary>
    public IList<SimulatedCustomer> Customers { get; } = [];

    /// <summary>Names of CRM inboxes known from the start, with their secrets.</summary>
    public IDictionary<string, string> CrmSecrets { get; } = new Dictionary<string, string>();

    /// <summary>Waits before a webhook that was not answered 200 is posted again; empty for one attempt.</summary>
    public IReadOnlyList<TimeSpan> RedeliverySchedule { get; set; } = [];

    /// <summary>Appends every accepted send as one JSON line; null for no file.</summary>
    public string? SendRecordPath { get; set; }

    /// <summary>Appends every CRM delivery as one JSON line; null for no file.</summary>
    public string? CrmRecordPath { get; set; }

    /// <summary>Entries kept per record in memory; totals and counts per message go on beyond it.</summary>
    public int RecordLimit { get; set; } = 100_000;

    /// <summary>Whether bodies of webhooks and CRM deliveries are kept; switch it off for benchmarks.</summary>
    public bool KeepBodies { get; set; } = true;

    /// <summary>Bytes kept of a CRM delivery's body.</summary>
    public int BodyLimit { get; set; } = 64 * 1024;

    /// <summary>Refuses sends outside the 24 hours (7 days with <c>HUMAN_AGENT</c>) after the customer's last message.</summary>
    public bool EnforceWindow { get; set; }

    /// <summary>Accepts sends to customers that nobody created; otherwise 100/2534014.</summary>
    public bool AllowUnknownRecipients { get; set; } = true;

    /// <summary>
    /// Fetches the URLs of outgoing attachments during the call, as Meta does, and refuses the send when that fails, when there is too much
    /// or something else. The product's own addresses of uploads are fetched always.
    /// </summary>
    public bool FetchOutgoingMedia { get; set; }

    /// <summary>The product's inbox, for a link that opens it signed in; none unless set.</summary>
    public InboxOptions Inbox { get; } = new();

    /// <summary>
    /// Options of a process: <c>--urls</c> or <c>ASPNETCORE_URLS</c> (default http://localhost:8090), and the
    /// section <c>Simulator</c> of command line and environment over a demo account and a demo CRM.
    /// </summary>
    public static SimulatorOptions From(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        var options = new SimulatorOptions
        {
            Url = configuration["urls"] ?? configuration["ASPNETCORE_URLS"] ?? "http://localhost:8090",
            CallbackUrl = new Uri("http://localhost:8080/webhooks/instagram"),
            AppSecret = "demo_app_secret",
            RedeliverySchedule = [.. Demo.RedeliverySeconds.Select(seconds => TimeSpan.FromSeconds(seconds))],
            EnforceWindow = true,
        };
        configuration.GetSection("Simulator").Bind(options);
        if (options.Accounts.Count == 0)
        {
            options.Accounts.Add(Demo.Account);
            foreach (var customer in Demo.Customers) options.Customers.Add(customer);
        }
        if (options.CrmSecrets.Count == 0) options.CrmSecrets.Add(Demo.CrmName, Demo.CrmSecret);
        return options;
    }
}
