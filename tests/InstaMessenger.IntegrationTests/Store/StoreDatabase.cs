using InstaMessenger.IntegrationTests.Fixtures;

namespace InstaMessenger.Tests.Store;

/// <summary>Where a store of the fast tests keeps its rows when they run here: in a MariaDB database of its own.</summary>
internal static class StoreDatabase
{
    /// <summary>Fewer than on SQLite: each unit waits for the disk.</summary>
    public const int Histories = 6;

    /// <remarks>Each test leaves a pool behind; idle connections of some hundred pools are more than a server takes.</remarks>
    public static async Task<IEnumerable<KeyValuePair<string, string?>>> SettingsAsync() =>
    [
        new(
            "ConnectionStrings:Store",
            await (await SharedServers.Current.MariaDbAsync()).NewDatabaseAsync() + ";Connection Idle Timeout=5"),
    ];
}
