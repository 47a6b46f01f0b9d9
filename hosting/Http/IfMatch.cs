using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// <c>If-Match</c> of a request: changes a thing only as long as it is what the client has seen, so that of two who change it at once the
/// second is told. A handler takes it as a parameter, and asks it in the transaction that changes the thing.
/// </summary>
public sealed class IfMatch
{
    private const string Any = "*";

    private readonly IReadOnlyList<EntityTagHeaderValue>? _tags;
    private readonly bool _isUnreadable;

    private IfMatch(IReadOnlyList<EntityTagHeaderValue>? tags, bool isUnreadable) => (_tags, _isUnreadable) = (tags, isUnreadable);

    /// <summary>Reads the header.</summary>
    /// <param name="context">The request.</param>
    /// <returns>What it demands; nothing when it has no such header.</returns>
    public static ValueTask<IfMatch?> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0) return new(new IfMatch(null, isUnreadable: false));
        var isRead = EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var tags);
        return new(new IfMatch([.. tags ?? []], !isRead));
    }

    /// <summary>Says why the thing must not be changed; null when it may be.</summary>
    /// <param name="current">What a client sees of it now, before the change.</param>
    /// <returns>412 <c>changed_meanwhile</c>, or 400 for a header that cannot be read.</returns>
    public ProblemHttpResult? Fault(object current)
    {
        if (_isUnreadable)
            return Problems.Wrong(
                StatusCodes.Status400BadRequest,
                "bad_request",
                "A header cannot be read: see errors.",
                ("If-Match", "It is an ETag as it was given, in its quotes, or *."));
        if (_tags is null) return null;
        var tag = EntityTag.Of(current);
        // Proxies that compress make tags weak (W/); what they stand for is the same.
        return _tags.Any(given => given.Tag == Any || given.Tag == tag)
            ? null
            : Problems.Of(
                StatusCodes.Status412PreconditionFailed,
                "changed_meanwhile",
                "It is not what you have seen any more: read it again, and change that.");
    }
}
