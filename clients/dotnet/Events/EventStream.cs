using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace InstaMessenger.Client;

/// <summary>Follows the live stream, over as many connections as it takes.</summary>
/// <param name="http">Has the address and the key.</param>
/// <param name="clock">Measures the waits.</param>
internal sealed class EventStream(HttpClient http, TimeProvider clock)
{
    /// <summary>A line that died without a word is noticed by this: three comments are missing.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    internal static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<InboxEvent> FollowAsync(
        long? after, string? accountId, string? types, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (url, place) = (UrlOf(accountId, types), after?.ToString(CultureInfo.InvariantCulture));
        for (var breaks = 0; ; breaks++)
        {
            TimeSpan? told;
            await using (var line = await OpenAsync(url, place, cancellationToken))
            {
                told = line.RetryAfter;
                while (await line.NextAsync(cancellationToken) is { } frame)
                {
                    (breaks, place) = (0, frame.Id ?? place);
                    // A frame without an id is in no log: who else is in a conversation, told to the session of a person.
                    if (frame is { Id: not null, Data: { } json }) yield return InboxEvent.Parse(Encoding.UTF8.GetBytes(json));
                }
            }

            await Task.Delay(told ?? WaitAfter(breaks), clock, cancellationToken);
        }
    }

    /// <summary>Twice as long each time, less a random part: thousands are cut off together, and must not all come back at once.</summary>
    private static TimeSpan WaitAfter(int breaks) =>
        TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(breaks, 10))) * (0.5 + (Random.Shared.NextDouble() / 2));

    private static string UrlOf(string? accountId, string? types)
    {
        var query = new[] { ("account_id", accountId), ("types", types) }.Where(pair => pair.Item2 is not null)
            .Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}").ToList();
        return "/api/v1/events/stream" + (query.Count == 0 ? "" : "?" + string.Join('&', query));
    }

    /// <summary>Connects. When nobody is there just now, the line has nothing on it.</summary>
    /// <exception cref="ApiProblemException">It is refused, and will be the next time too.</exception>
    private async Task<Line> OpenAsync(string url, string? place, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (place is not null) request.Headers.Add("Last-Event-ID", place);
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception error) when (IsBreak(error, cancellationToken))
        {
            return new Line(null, null, null);
        }

        if (answer is { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: "text/event-stream" })
            return new Line(answer, EventFrames.ReadAsync(
                await answer.Content.ReadAsStreamAsync(cancellationToken), Silence, clock, cancellationToken), null);
        using (answer)
        {
            var problem = await ApiProblemException.OfAsync(answer, clock);
            return problem.IsTemporary ? new Line(null, null, problem.RetryAfter) : throw problem;
        }
    }

    /// <summary>Whether the line broke, or nobody answered in time; and not that somebody has had enough.</summary>
    private static bool IsBreak(Exception error, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && error is (HttpRequestException or IOException or TimeoutException or OperationCanceledException);

    /// <summary>One connection.</summary>
    private sealed class Line(HttpResponseMessage? answer, IAsyncEnumerable<EventFrame>? frames, TimeSpan? retryAfter) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<EventFrame>? _frames = frames?.GetAsyncEnumerator(CancellationToken.None);

        public TimeSpan? RetryAfter => retryAfter;

        /// <summary>Waits for the next frame; null when the line ended or broke.</summary>
        public async Task<EventFrame?> NextAsync(CancellationToken cancellationToken)
        {
            try
            {
                return _frames is not null && await _frames.MoveNextAsync() ? _frames.Current : null;
            }
            catch (Exception error) when (IsBreak(error, cancellationToken))
            {
                return null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            // First: a read that is still under way ends with it.
            answer?.Dispose();
            if (_frames is not null) await _frames.DisposeAsync();
        }
    }
}
