using System.Collections.Concurrent;
using System.Globalization;

namespace InstaMessenger.Hosting.Logs;

/// <summary>
/// Lets a line about something that is away through the first time and then once a minute. Two lines are alike when they have the same
/// words and names; numbers, times and GUIDs in them, like that of an attempt, do not count.
/// </summary>
internal sealed class RepeatedLines(TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Beyond this many lines all are forgotten, and each is logged once more: names of messages must not fill the memory.
    /// </summary>
    private const int Most = 2_000;

    private readonly ConcurrentDictionary<string, Entry> _lines = new(StringComparer.Ordinal);

    /// <summary>Whether to write a line.</summary>
    /// <param name="category">Who says it.</param>
    /// <param name="values">Its values by name.</param>
    /// <param name="leftOut">How many like it were left out since the last one.</param>
    /// <returns>False when a line like it was written within the last minute.</returns>
    public bool MayWrite(string category, IReadOnlyList<KeyValuePair<string, object?>> values, out int leftOut)
    {
        if (_lines.Count > Most) _lines.Clear();
        var now = clock.GetTimestamp();
        var entry = _lines.GetOrAdd(KeyOf(category, values), static _ => new Entry());
        lock (entry)
        {
            leftOut = entry.LeftOut;
            if (entry.WrittenAt is { } at && clock.GetElapsedTime(at, now) < Every)
            {
                entry.LeftOut++;
                return false;
            }

            (entry.WrittenAt, entry.LeftOut) = (now, 0);
            return true;
        }
    }

    private static string KeyOf(string category, IReadOnlyList<KeyValuePair<string, object?>> values) =>
        string.Join(
            '\n',
            values.Where(value => IsName(value.Value)).Select(value => Convert.ToString(value.Value, CultureInfo.InvariantCulture))
                .Prepend(category));

    private static bool IsName(object? value) => value is not (null or IFormattable) || value is Uri;

    private sealed class Entry
    {
        public long? WrittenAt { get; set; }

        public int LeftOut { get; set; }
    }
}
