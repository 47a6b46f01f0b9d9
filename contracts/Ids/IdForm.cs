using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace InstaMessenger.Contracts.Ids;

/// <summary>The few forms that ids have.</summary>
internal static class IdForm
{
    private static readonly SearchValues<char> LowerAlphanumeric = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>A prefix and 1 to 32 lower-case letters or digits: the ids that we make.</summary>
    public static bool IsPrefixed([NotNullWhen(true)] string? text, string prefix) =>
        text is not null
        && text.Length > prefix.Length
        && text.Length <= prefix.Length + 32
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && !text.AsSpan(prefix.Length).ContainsAnyExcept(LowerAlphanumeric);

    /// <summary>1 to <paramref name="longest"/> ASCII digits: the ids of Meta's Graph objects.</summary>
    public static bool IsDigits([NotNullWhen(true)] string? text, int longest) =>
        text is { Length: > 0 } && text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>A time-ordered id: a version 7 UUID without its dashes.</summary>
    public static string TimeOrdered(string prefix, TimeProvider clock) =>
        prefix + Guid.CreateVersion7(clock.GetUtcNow()).ToString("n");

    public static string Checked(string? value, string type) =>
        value ?? throw new InvalidOperationException($"This {type} was never parsed.");
}
