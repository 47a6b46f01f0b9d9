using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Events;

/// <summary><c>?types=</c> of feed and stream: a list with commas.</summary>
internal static class TypeFilter
{
    /// <summary>Reads the list; null is all types.</summary>
    /// <param name="types">As the client gave it.</param>
    /// <param name="besides">A name that is none of the log's and may be asked for too.</param>
    /// <param name="wanted">The types; null for all.</param>
    /// <param name="unknown">The first name that is none; null when all are.</param>
    public static bool TryRead(string? types, string? besides, out IReadOnlySet<string>? wanted, out string? unknown)
    {
        (wanted, unknown) = (null, null);
        if (types is null) return true;
        // An entry that is empty is no type: a list of nothing else would be a filter that lets everything through.
        var names = types.Split(',', StringSplitOptions.TrimEntries);
        unknown = Array.Find(names, name => !EventTypes.All.Contains(name) && name != besides);
        wanted = names.ToHashSet();
        return unknown is null;
    }

    /// <summary>422: whoever waits for a type that there is not waits for ever.</summary>
    public static ProblemHttpResult Unknown(string name) => Problems.Invalid(
        ("types", $"There is no event type {name}. Known are {string.Join(", ", EventTypes.All.Order(StringComparer.Ordinal))}."));
}
