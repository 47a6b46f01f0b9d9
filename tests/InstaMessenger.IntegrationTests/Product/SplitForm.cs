namespace InstaMessenger.IntegrationTests.Product;

/// <summary>How many of each service there are, and on which database.</summary>
/// <param name="Copies">Processes of each service.</param>
/// <param name="OnMariaDb">MariaDB instead of SQLite; more than one process of a service needs it.</param>
public sealed record SplitForm(int Copies = 1, bool OnMariaDb = false);
