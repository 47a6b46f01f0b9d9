using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>
/// Webhooks as ready HTTP requests. A body of Meta's is made once; for each request only digits of fixed width are written into a copy and
/// the copy is signed, about 3 µs: the generator shares two cores with what it measures.
/// </summary>
internal sealed class WebhookRequests
{
    public const string AppSecret = "benchmark_app_secret";

    private const string Path = "/webhooks/instagram";
    private const int NumberDigits = 10;
    private const int TimeDigits = 13;

    /// <summary>Customers take turns, so that conversations get many messages and the newest are all over the table.</summary>
    private const int Customers = 5_000;

    private static readonly byte[] Key = Encoding.UTF8.GetBytes(AppSecret);
    private static readonly DateTimeOffset TimeMark = DateTimeOffset.FromUnixTimeMilliseconds(9_999_999_999_999);

    private readonly byte[] _template;
    private readonly int _bodyAt;
    private readonly int _signatureAt;
    private readonly int[] _numbersAt;
    private readonly int[] _customersAt;
    private readonly int[] _timesAt;

    /// <param name="account">The professional account id that the messages are for.</param>
    /// <param name="messagesPerRequest">1 to 1,000; Meta batches when it has a backlog.</param>
    /// <param name="what">What happens to each message; a text arrives when it is left out.</param>
    public WebhookRequests(string account, int messagesPerRequest = 1, WebhookThing? what = null)
    {
        const string customerMark = "2000777777777777";
        var mid = MessageNumber.MidPrefix + new string('8', NumberDigits);
        var items = Enumerable.Range(0, messagesPerRequest).Select(_ => (what ?? WebhookThings.Text)(account, customerMark, mid, TimeMark));
        var body = MetaPayloads.Bytes(MetaPayloads.Envelope(account, TimeMark, [.. items]));
        var head = Encoding.ASCII.GetBytes($"POST {Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + $"{body.Length}\r\nX-Hub-Signature-256: sha256={new string('0', 64)}\r\n\r\n");
        _template = [.. head, .. body];
        _bodyAt = head.Length;
        _signatureAt = head.Length - 4 - 64;
        _numbersAt = EndsOf(MessageNumber.MidPrefix);
        _customersAt = EndsOf(customerMark[..^NumberDigits]);
        _timesAt = [.. EndsOf(new string('9', TimeDigits)).Select(end => end - TimeDigits)];
        MessagesPerRequest = messagesPerRequest;
    }

    public int MessagesPerRequest { get; }

    public int Length => _template.Length;

    /// <summary>Writes the request with the messages <paramref name="first"/>, <paramref name="first"/> + 1, …</summary>
    /// <param name="request">Gets <see cref="Length"/> bytes.</param>
    /// <param name="first">The number of its first message.</param>
    /// <param name="now">Meta's time of all its messages.</param>
    public void Render(Span<byte> request, int first, DateTimeOffset now)
    {
        _template.CopyTo(request);
        foreach (var at in _timesAt) Write(request.Slice(at, TimeDigits), now.ToUnixTimeMilliseconds());
        for (var i = 0; i < MessagesPerRequest; i++)
        {
            Write(request.Slice(_numbersAt[i], NumberDigits), first + i);
            Write(request.Slice(_customersAt[i], NumberDigits), (first + i) % Customers);
        }

        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key, request[_bodyAt..Length], signature);
        Convert.TryToHexStringLower(signature, request.Slice(_signatureAt, 64), out _);
    }

    private static void Write(Span<byte> digits, long value)
    {
        digits.Fill((byte)'0');
        Span<byte> shortest = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, shortest, out var written);
        shortest[..written].CopyTo(digits[^written..]);
    }

    private int[] EndsOf(string mark)
    {
        var (ends, bytes) = (new List<int>(), Encoding.ASCII.GetBytes(mark));
        for (var at = _bodyAt; _template.AsSpan(at).IndexOf(bytes) is >= 0 and var found; at = ends[^1])
            ends.Add(at + found + bytes.Length);
        return [.. ends];
    }
}
