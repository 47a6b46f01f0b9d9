using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Idempotency;

/// <summary>
/// A request that may carry an <c>Idempotency-Key</c>. An endpoint that is <see cref="IdempotentSetup.Idempotent"/> takes it as a parameter
/// and keeps its answer in the transaction that does what the answer tells of: so the same request again, also in another process and after
/// a death in between, is answered the same and does nothing. Without the header it does nothing at all.
/// </summary>
public sealed class KeyedRequest
{
    /// <summary>The header.</summary>
    internal const string Header = "Idempotency-Key";

    private const string Form = "Must be 1 to 255 printable ASCII characters.";

    private readonly HttpContext _context;
    private readonly string? _id;
    private string _hash = "";

    private KeyedRequest(HttpContext context)
    {
        _context = context;
        if (!context.Request.Headers.TryGetValue(Header, out var given)) return;
        // Of two the client's next attempt may give one, and that would be another key.
        if (given is not [{ } text] || !IdempotencyKey.TryParse(text, out var key)) Fault = Problems.Invalid(("idempotency_key", Form));
        else _id = IdOf(context, key);
    }

    /// <summary>What is wrong with the key; null when nothing is.</summary>
    internal ProblemHttpResult? Fault { get; }

    /// <summary>Whether an answer was kept, and committed.</summary>
    internal bool IsKept { get; private set; }

    /// <summary>Gives endpoints their request.</summary>
    /// <param name="context">A request with a caller.</param>
    /// <returns>The request.</returns>
    public static ValueTask<KeyedRequest?> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var keyed = new KeyedRequest(context);
        context.Features.Set(keyed);
        return ValueTask.FromResult<KeyedRequest?>(keyed);
    }

    /// <summary>
    /// Says what the request is, where its body is no JSON that the endpoint takes as a parameter: before its answer is kept.
    /// </summary>
    /// <param name="request">All that makes two requests the same.</param>
    public void Is(string request) => _hash = Hash(Encoding.UTF8.GetBytes(request));

    /// <summary>Keeps an answer for the next 24 hours, in the transaction that does what it tells of.</summary>
    /// <typeparam name="TContext">The service's database.</typeparam>
    /// <typeparam name="TAnswer">An answer whose body, if it has one, is JSON.</typeparam>
    /// <param name="answer">The answer. A refusal is not kept: its key stays free.</param>
    /// <returns>The same answer.</returns>
    /// <exception cref="KeyMetException">
    /// The key has an answer, since another process was faster: nothing of this transaction may stay. The endpoint's filter answers.
    /// </exception>
    public async Task<TAnswer> KeepAsync<TContext, TAnswer>(WorkScope<TContext> scope, TAnswer answer)
        where TContext : DbContext
        where TAnswer : IResult
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (_id is null || !Succeeded(answer, out var status)) return answer;
        var (row, now) = (await RowAsync(scope.Db), Now());
        if (row is not null && row.CreatedAt > now - KeptAnswer.Kept) throw new KeyMetException();
        var body = (answer as IValueHttpResult)?.Value is { } view
            ? JsonSerializer.SerializeToUtf8Bytes(view, view.GetType(), ApiJson.Options)
            : [];
        var location = typeof(TAnswer).GetProperty("Location")?.GetValue(answer) as string;
        var content = KeptAnswer.Seal(Keys(), _id, new KeptContent(_hash, status, location, body));
        if (row is null) scope.Db.Add(new KeptAnswer { Id = _id, Content = content, CreatedAt = now });
        else (row.Content, row.CreatedAt) = (content, now);
        scope.AfterCommit(() => IsKept = true);
        return answer;
    }

    /// <summary>Looks for the key before anything is done, where an endpoint must read its request itself.</summary>
    /// <param name="db">The service's database.</param>
    /// <returns>Completes when the key is free.</returns>
    /// <exception cref="KeyMetException">The key has an answer: the endpoint's filter gives it.</exception>
    public async Task LookAsync(DbContext db)
    {
        if (_id is not null && await RowAsync(db) is { } row && row.CreatedAt > Now() - KeptAnswer.Kept) throw new KeyMetException();
    }

    /// <summary>Whether something was done, as the status tells.</summary>
    internal static bool Succeeded(object? result, out int status)
    {
        var answer = result is INestedHttpResult nested ? nested.Result : result;
        status = (answer as IStatusCodeHttpResult)?.StatusCode ?? 0;
        return status is >= 200 and < 300;
    }

    /// <summary>Takes what the endpoint was given as its body for what the request is.</summary>
    internal void Is(object? body, Type type) => _hash = Hash(JsonSerializer.SerializeToUtf8Bytes(body, type, ApiJson.Options));

    /// <summary>What is to be answered because the key was used before; null when it is free.</summary>
    internal async Task<IResult?> AnsweredAsync(DbContext db)
    {
        if (_id is null || await RowAsync(db, track: false) is not { } row || row.CreatedAt <= Now() - KeptAnswer.Kept) return null;
        if (row.Open(Keys()) is not { } content)
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "idempotency_answer_lost",
                "This was done, and its answer cannot be read any more. Look for what it made; use a new key to do it again.");
        return content.Hash == _hash ? new ReplayedAnswer(content) : Problems.Of(
            StatusCodes.Status422UnprocessableEntity,
            "idempotency_key_reused",
            "This key was used for another request in the last 24 hours. Use a new key for each request.");
    }

    /// <summary>Whose key for what. The route's own form, so that <c>/Users</c> and <c>/users</c> are the same call.</summary>
    private static string IdOf(HttpContext context, IdempotencyKey key)
    {
        var caller = context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint has no caller.");
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.Trim('/');
        var values = context.Request.RouteValues.OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => value.Value?.ToString());
        return Hash(JsonSerializer.SerializeToUtf8Bytes<string?[]>([caller.Id, context.Request.Method, route, key.Value, .. values]));
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private Task<KeptAnswer?> RowAsync(DbContext db, bool track = true)
    {
        var rows = db.Set<KeptAnswer>().Where(row => row.Id == _id);
        return (track ? rows : rows.AsNoTracking()).SingleOrDefaultAsync();
    }

    private DateTimeOffset Now() => _context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private IDataProtectionProvider Keys() => _context.RequestServices.GetRequiredService<IDataProtectionProvider>();
}

/// <summary>The key of a request was used already: what is under way is to be undone, and answered by the endpoint's filter.</summary>
public sealed class KeyMetException() : Exception("The request's Idempotency-Key has an answer already.");
