namespace InstaMessenger.Tests.Store;

/// <summary>Where a store of these tests keeps its rows: in a SQLite file. The integration tests run the same tests on MariaDB.</summary>
internal static class StoreDatabase
{
    /// <summary>How many histories a property is tried with.</summary>
    public const int Histories = 40;

    public static Task<IEnumerable<KeyValuePair<string, string?>>> SettingsAsync() =>
        Task.FromResult<IEnumerable<KeyValuePair<string, string?>>>([]);
}
