using System.Runtime.CompilerServices;

namespace InstaMessenger.Client;

/// <summary>A whole frame of a stream of server-sent events.</summary>
/// <param name="Id">Where the stream stands behind it; null when the frame does not say.</param>
/// <param name="Data">An event as JSON; null for a frame that only says where the stream stands.</param>
internal readonly record struct EventFrame(string? Id, string? Data);

/// <summary>
/// Reads server-sent events. Not with the framework's <c>SseParser</c>: it does not show a frame without data, and takes an id over before
/// its event is whole, so that an event would be missed whose line breaks in the middle.
/// </summary>
internal static class EventFrames
{
    /// <summary>Reads frames until the stream ends. What has begun and has not ended then was no frame.</summary>
    /// <param name="stream">UTF-8.</param>
    /// <param name="silence">How long nothing may come: the product says something every 15 s.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">Nothing came for that long.</exception>
    public static async IAsyncEnumerable<EventFrame> ReadAsync(
        Stream stream, TimeSpan silence, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        var frame = default(EventFrame);
        while (await NextLineAsync(reader, silence, clock, cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                if (ValueOf(line, "id") is { } id) frame = frame with { Id = id };
                if (ValueOf(line, "data") is { } data) frame = frame with { Data = frame.Data is null ? data : $"{frame.Data}\n{data}" };
                continue;
            }

            if (frame != default) yield return frame;
            frame = default;
        }
    }

    private static async Task<string?> NextLineAsync(
        StreamReader reader, TimeSpan silence, TimeProvider clock, CancellationToken cancellationToken)
    {
        var line = reader.ReadLineAsync(cancellationToken);
        return line.IsCompleted ? await line : await line.AsTask().WaitAsync(silence, clock, cancellationToken);
    }

    private static string? ValueOf(string line, string field)
    {
        if (!line.StartsWith(field, StringComparison.Ordinal) || line.ElementAtOrDefault(field.Length) != ':') return null;
        var value = line[(field.Length + 1)..];
        return value.StartsWith(' ') ? value[1..] : value;
    }
}
