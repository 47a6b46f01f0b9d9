namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>How many items are posted: in order and one by one unless told otherwise.</summary>
public sealed record DeliveryPattern
{
    /// <summary>Items per POST, 1 to 1,000.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>How often each body is posted; 2 is every webhook duplicated.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Posts in a random but repeatable order; null keeps the order.</summary>
    public int? ShuffleSeed { get; init; }

    /// <summary>POSTs under way at a time.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Cuts the items of one account into bodies.</summary>
    internal IReadOnlyList<T[]> Cut<T>(IEnumerable<T> items)
    {
        T[][] posts = [.. items.Chunk(BatchSize).SelectMany(chunk => Enumerable.Repeat(chunk, Copies))];
        if (ShuffleSeed is { } seed) new Random(seed).Shuffle(posts);
        return posts;
    }
}
