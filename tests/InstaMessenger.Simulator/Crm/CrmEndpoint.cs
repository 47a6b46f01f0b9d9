using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Simulator.Crm;

/// <summary><c>POST /crm/{name}</c>: check, record, answer.</summary>
internal static class CrmEndpoint
{
    private const int MaxBody = 8 * 1024 * 1024;

    public static void MapCrm(this IEndpointRouteBuilder app, CrmStandIn crm) =>
        app.MapPost("/crm/{name}", (HttpContext http) => ReceiveAsync(http, crm));

    private static async Task ReceiveAsync(HttpContext http, CrmStandIn crm)
    {
        var inbox = crm.Inbox((string)http.Request.RouteValues["name"]!);
        var id = http.Request.Headers["webhook-id"].ToString();
        var behaviour = inbox.Take();
        var delivery = await ReadAsync(http, crm, inbox, id);
        int? status = behaviour switch
        {
            { Abort: true } => null,
            { RefuseBadSignature: true } when !delivery.SignatureValid && !delivery.HubSignatureValid => StatusCodes.Status401Unauthorized,
            _ when delivery.Attempt <= behaviour.FailFirstPerId => StatusCodes.Status503ServiceUnavailable,
            _ => behaviour.Status,
        };
        crm.Record(inbox, delivery with { Status = status });
        try
        {
            await AnswerAsync(http, crm, behaviour, status);
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
    }

    private static async Task<CrmDelivery> ReadAsync(HttpContext http, CrmStandIn crm, CrmInbox inbox, string id)
    {
        var timestamp = http.Request.Headers["webhook-timestamp"].ToString();
        // One buffer holds "id.timestamp." and the body, so that both signatures are checked over slices of it.
        var prefix = Encoding.UTF8.GetByteCount(id) + Encoding.UTF8.GetByteCount(timestamp) + 2;
        var buffer = ArrayPool<byte>.Shared.Rent(prefix + (int)Math.Min(http.Request.ContentLength ?? 4096, MaxBody) + 1);
        try
        {
            var at = Encoding.UTF8.GetBytes(id, buffer);
            buffer[at++] = (byte)'.';
            at += Encoding.UTF8.GetBytes(timestamp, buffer.AsSpan(at));
            buffer[at] = (byte)'.';

            var end = prefix;
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer.AsMemory(end))) > 0)
            {
                end += read;
                if (end == buffer.Length) buffer = Grow(buffer, end);
            }
            return Describe(http, crm, inbox, id, timestamp, buffer.AsSpan(0, end), prefix);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static CrmDelivery Describe(
        HttpContext http, CrmStandIn crm, CrmInbox inbox, string id, string timestamp, ReadOnlySpan<byte> signed, int prefix)
    {
        var body = signed[prefix..];
        var head = EventHead.Read(body);
        var now = crm.Clock.GetUtcNow();
        long? sentAt = long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return new(
            inbox.Name, id, inbox.Count(id), now, sentAt, head.Id, head.Type, head.Sequence, head.AccountId,
            CrmSignature.Standard(inbox.Keys, signed, http.Request.Headers["webhook-signature"].ToString()),
            CrmSignature.Hub(inbox.Keys, body, http.Request.Headers["X-Hub-Signature-256"].ToString()),
            sentAt is not null && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= 300,
            Convert.ToHexStringLower(hash), body.Length, Status: null,
            crm.KeptBytes is { } kept ? Encoding.UTF8.GetString(body[..Math.Min(kept, body.Length)]) : null,
            http.Request.Headers.TraceParent.Count > 0 ? http.Request.Headers.TraceParent.ToString() : null);
    }

    private static async Task AnswerAsync(HttpContext http, CrmStandIn crm, CrmBehaviour behaviour, int? status)
    {
        if (behaviour.DelayMs > 0) await PauseAsync(behaviour.DelayMs);
        if (status is null)
        {
            http.Abort();
            return;
        }
        http.Response.StatusCode = status.Value;
        if (behaviour.RetryAfter is { } retryAfter) http.Response.Headers.RetryAfter = retryAfter;
        if (behaviour.Location is { } location) http.Response.Headers.Location = location;
        if (behaviour.BodyBytes == 0) return;

        var piece = new byte[behaviour.DripMs > 0 ? 1 : 16 * 1024];
        piece.AsSpan().Fill((byte)'x');
        for (long written = 0; behaviour.BodyBytes < 0 || written < behaviour.BodyBytes; written += piece.Length)
        {
            await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            if (behaviour.DripMs > 0) await PauseAsync(behaviour.DripMs);
            crm.Stopping.ThrowIfCancellationRequested();
        }

        async Task PauseAsync(int milliseconds)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, crm.Stopping);
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), crm.Clock, over.Token);
        }
    }

    private static byte[] Grow(byte[] full, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        full.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
