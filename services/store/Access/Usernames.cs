using System.Buffers;

namespace InstaMessenger.Store.Access;

/// <summary>What a username may be.</summary>
internal static class Usernames
{
    public const int Longest = 64;

    /// <summary>ASCII only, so that no two usernames look alike; no colon, which HTTP Basic cannot carry.</summary>
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-");

    /// <summary>Says what is wrong with a username; null when nothing is.</summary>
    public static string? Fault(string? username) =>
        username is { Length: > 0 and <= Longest } && !username.AsSpan().ContainsAnyExcept(Allowed)
            ? null
            : $"A username has 1 to {Longest} letters (a to z), digits, or any of . _ @ + -";

    /// <summary>The form in which usernames are compared.</summary>
    public static string KeyOf(string username) => username.ToLowerInvariant();
}
