using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.Simulator;

/// <summary>What a simulator started as a process knows without being told; demo mode of the product uses the same values.</summary>
public static class Demo
{
    /// <summary>Name of the CRM inbox: <c>POST /crm/demo</c>.</summary>
    public const string CrmName = "demo";

    /// <summary>Secret of the CRM inbox, in the form that every library of Standard Webhooks takes.</summary>
    public const string CrmSecret = "whsec_YSBkZW1vIHNlY3JldCwgbm90IGZvciB1c2U=";

    /// <summary>The account to link.</summary>
    public static SimulatedAccount Account { get; } = new("17841400000000001", "IGAA-demo-token")
    {
        Username = "demo_shop",
        AppScopedId = "27841400000000001",
        PageId = "100000000000001",
    };

    /// <summary>Customers on the page; they have not written yet.</summary>
    public static IReadOnlyList<SimulatedCustomer> Customers { get; } =
    [
        new(Account.Id, "200000000000001", "mara.lind", "Mara Lind"),
        new(Account.Id, "200000000000002", "theo_k", "Theo Kramer"),
        new(Account.Id, "200000000000003", "yuki.paints", "Yuki Tanaka"),
    ];

    internal static int[] RedeliverySeconds { get; } = [1, 2, 5, 10, 20, 30, 60, 60, 120, 300, 600, 1800];
}
