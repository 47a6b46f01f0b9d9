using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>A caller's key of a request that becomes messages.</summary>
/// <param name="CallerId">The scope of the key.</param>
/// <param name="Key">The client's name for the request; null when it gave none.</param>
/// <param name="Hash">Of the request, which shows when a key is used for another one.</param>
/// <param name="Wait">How long the client waits for Meta's answer.</param>
internal sealed record SendKey(string CallerId, IdempotencyKey? Key, string Hash, TimeSpan Wait)
{
    private const string Header = "Idempotency-Key";

    /// <summary>Reads the header.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="field">The key in the body: the header wins; null for none.</param>
    /// <param name="key">The key; null when none was given.</param>
    /// <returns>What is wrong with the key; null when nothing is.</returns>
    public static ProblemHttpResult? Read(IHeaderDictionary headers, string? field, out IdempotencyKey? key)
    {
        key = null;
        var given = headers.TryGetValue(Header, out var header) ? header.ToString() : field;
        if (given is null) return null;
        // Of two the client's next attempt may give one, and that would be another key.
        if (header.Count > 1 || !IdempotencyKey.TryParse(given, out var parsed))
            return Problems.Invalid(("idempotency_key", "Must be 1 to 255 printable ASCII characters."));
        key = parsed;
        return null;
    }
}

/// <summary>
/// Keeps what was answered to requests that become messages. Theirs are not kept like all others: the answer is not known before Meta's,
/// and what is erased of a message goes out of it too.
/// </summary>
internal sealed class SendRepeats(IUnitOfWork<StoreDbContext> unitOfWork, TimeProvider clock)
{
    /// <summary>Answers a request whose key was used before.</summary>
    /// <param name="response">Gets the headers.</param>
    /// <param name="seen">What <see cref="FindAsync"/> found.</param>
    public static Results<WrittenResult<SendAnswer>, ProblemHttpResult> Again(HttpResponse response, Acceptance seen)
    {
        switch (seen)
        {
            case Acceptance.Replayed(var stored):
                response.Headers["Idempotent-Replayed"] = "true";
                return Written(stored);
            case Acceptance.InProgress(var retryAfter):
                response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString();
                return Problems.Of(
                    StatusCodes.Status409Conflict,
                    "idempotency_in_progress",
                    "The first request with this key still waits for its answer. "
                        + "Ask again after Retry-After seconds; nothing is sent twice.");
            default:
                return Problems.Of(
                    StatusCodes.Status422UnprocessableEntity,
                    "idempotency_key_reused",
                    "This key was used for another request in the last 24 hours. Use a new key for each message.");
        }
    }

    /// <summary>Says what became of the same request before; null when its key is free.</summary>
    public async Task<Acceptance?> FindAsync(StoreDbContext db, SendKey given)
    {
        if (given.Key is not { } key) return null;
        var now = clock.GetUtcNow();
        var record = await db.Set<IdempotencyRecord>().SingleOrDefaultAsync(row => row.CallerId == given.CallerId && row.Key == key);
        if (record is null) return null;
        if (record.CreatedAt <= now - IdempotencyRecord.Kept)
        {
            db.Remove(record);
            return null;
        }

        if (record.RequestHash != given.Hash) return new Acceptance.KeyReused();
        if (record.AnswerBody is { } body) return new Acceptance.Replayed(new StoredAnswer(record.AnswerStatus!.Value, body));
        if (record.LeaseUntil > now) return new Acceptance.InProgress(record.LeaseUntil - now);

        // The process that accepted it died between the commit and the answer. The message goes all the same; its present state is the
        // first answer that anybody gets.
        var answer = await MessageReading.RequestAsync(db, record, CancellationToken.None)
            ?? throw new InvalidOperationException($"The messages of idempotency record {record.Id} are gone.");
        return new Acceptance.Replayed(record.Answer(Render(answer)));
    }

    /// <summary>Notes what a key is used for, in the transaction that writes the messages.</summary>
    public static void Begin(StoreDbContext db, SendKey given, SendAnswer answer, DateTimeOffset now)
    {
        if (given.Key is not { } key) return;
        var ids = answer.Messages;
        var record = new IdempotencyRecord
        {
            CallerId = given.CallerId,
            Key = key,
            RequestHash = given.Hash,
            MessageId = ids[^1].MessageId,
            AttachmentMessageId = ids.Count > 1 ? ids[0].MessageId : null,
            CreatedAt = now,
            LeaseUntil = IdempotencyRecord.Lease(now, given.Wait),
        };
        // A client that does not wait has their answer now.
        if (given.Wait == TimeSpan.Zero) record.Answer(Render(answer));
        db.Add(record);
    }

    /// <summary>Keeps the answer that is about to be given for repeats of the key. Returns the answer that was kept first.</summary>
    public async Task<WrittenResult<SendAnswer>> AnswerAsync(SendKey given, SendAnswer answer)
    {
        var rendered = Render(answer);
        if (given.Key is not { } key || given.Wait == TimeSpan.Zero) return Written(rendered);
        try
        {
            return Written(await unitOfWork.ExecuteAsync(async scope =>
                await scope.Db.Set<IdempotencyRecord>()
                    .SingleOrDefaultAsync(row => row.CallerId == given.CallerId && row.Key == key) is { } record
                    ? record.Answer(rendered)
                    : rendered));
        }
        catch (DatabaseUnavailableException)
        {
            // The send is kept all the same, so an error would be a lie. A repeat gets its answer once the lease is over.
            return Written(rendered);
        }
    }

    /// <summary>Writes an answer as bytes, the same for the first time and each repeat.</summary>
    private static StoredAnswer Render(SendAnswer answer) =>
        new(answer.HttpStatus, JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Options));

    private static WrittenResult<SendAnswer> Written(StoredAnswer answer) => new(answer.Status, answer.Body);
}
