namespace InstaMessenger.Hosting.Http;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <param name="Data">The items of this page.</param>
/// <param name="NextCursor">Give it as <c>?cursor=</c> for the next page; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);

/// <summary>The <c>limit</c> of a list.</summary>
public static class PageLimit
{
    /// <summary>How many items a page has when the caller does not say.</summary>
    public const int Default = 50;

    /// <summary>How many items a page has at most.</summary>
    public const int Most = 200;

    /// <summary>Brings a caller's wish into 1 to 200.</summary>
    /// <param name="limit">The wish; null for none.</param>
    /// <returns>How many items to give.</returns>
    public static int Of(int? limit) => Math.Clamp(limit ?? Default, 1, Most);
}
