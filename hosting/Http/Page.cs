using System.Globalization;

namespace InstaMessenger.Hosting.Http;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <param name="Data">The items of this page.</param>
/// <param name="NextCursor">Give it as <c>?cursor=</c> for the next page; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);

/// <summary>Makes pages.</summary>
public static class Page
{
    /// <summary>Makes a page. Read one row more than it holds: only then is it known whether there is another page.</summary>
    /// <typeparam name="TRow">The rows.</typeparam>
    /// <typeparam name="T">What clients see of them.</typeparam>
    /// <param name="rows">At most <paramref name="size"/> + 1.</param>
    /// <param name="size">How many the page holds at most.</param>
    /// <param name="view">Describes a row.</param>
    /// <param name="cursor">The place of a row in the list.</param>
    /// <returns>The page.</returns>
    public static Page<T> Of<TRow, T>(IReadOnlyList<TRow> rows, int size, Func<TRow, T> view, Func<TRow, object> cursor)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(cursor);
        return new([.. rows.Take(size).Select(view)], rows.Count > size ? cursor(rows[size - 1]).ToString() : null);
    }
}

/// <summary>The <c>limit</c> of a list.</summary>
public static class PageLimit
{
    /// <summary>How many items a page has when the caller does not say.</summary>
    public const int Default = 50;

    /// <summary>How many items a page has at most.</summary>
    public const int Most = 200;

    /// <summary>The parameter of every list that it is.</summary>
    internal const string Name = "limit";

    /// <summary>What belongs there.</summary>
    internal const string Rule = "It is a whole number from 1 on; a page has at most 200 items, whatever is asked for.";

    /// <summary>Limits what a caller asks for to 200. Less than 1 is refused before (<see cref="UrlRules"/>).</summary>
    /// <param name="limit">What the caller asks for; null for the default.</param>
    /// <returns>How many items to give.</returns>
    public static int Of(int? limit) => Math.Clamp(limit ?? Default, 1, Most);

    /// <summary>Whether a text is a limit.</summary>
    internal static bool Reads(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var limit) && limit >= 1;
}
