using System.Text.Json;

namespace InstaMessenger.Store.Domain;

/// <summary>Says that the customer has read everything up to a moment of the thread.</summary>
/// <param name="UpTo">The moment, by the times of the messages.</param>
/// <param name="At">When they read it, by Meta's clock.</param>
internal sealed record ReadReceipt(DateTimeOffset UpTo, DateTimeOffset At);

/// <summary>A part of a thread of which no receipt before this one said that it was read.</summary>
/// <param name="After">The moment behind which it begins; null for the beginning of the thread.</param>
/// <param name="Receipt">Where it ends, and when it was read.</param>
internal sealed record ReadPart(DateTimeOffset? After, ReadReceipt Receipt);

/// <summary>
/// The last receipts of a thread, each up to a later moment than the one before. They are enough to tell when a message that comes late was
/// read, and small enough to stand in the thread's row.
/// </summary>
/// <param name="All">Oldest first.</param>
/// <param name="Since">
/// The time of the first message of the business, behind which a first receipt begins: a customer may have written thousands before. Null
/// when it is not known, in a thread that began before this was kept.
/// </param>
internal sealed record ReadReceipts(IReadOnlyList<ReadReceipt> All, DateTimeOffset? Since = null)
{
    /// <summary>Those of a thread in which the business has written nothing.</summary>
    public static readonly ReadReceipts None = new([], DateTimeOffset.MaxValue);

    /// <summary>Those of a thread of which nothing is known.</summary>
    public static readonly ReadReceipts Unknown = new([]);

    /// <summary>Older ones are forgotten: what they say of is read, and a message that comes later still gets a later time.</summary>
    private const int Most = 10;

    /// <summary>Adds a receipt. Returns null when it says nothing that is not known.</summary>
    public (ReadReceipts Receipts, ReadPart Part)? With(ReadReceipt receipt)
    {
        if (All.Count == Most && receipt.UpTo < All[0].UpTo) return null;
        if (All.Any(known => known.UpTo >= receipt.UpTo && known.At <= receipt.At)) return null;
        var others = All.Where(known => known.UpTo > receipt.UpTo || known.At < receipt.At).ToList();
        var after = others.LastOrDefault(known => known.UpTo < receipt.UpTo)?.UpTo ?? BeforeFirst(receipt.UpTo);
        var all = others.Append(receipt).OrderBy(known => known.UpTo).TakeLast(Most).ToList();
        return (this with { All = all }, new ReadPart(after, receipt));
    }

    /// <summary>Takes into account that the business wrote a message.</summary>
    public ReadReceipts WithOurs(DateTimeOffset sentAt) => sentAt < Since ? this with { Since = sentAt } : this;

    /// <summary>When a message of this time was read; null when it was not.</summary>
    public DateTimeOffset? ReadAt(DateTimeOffset sentAt) => All.FirstOrDefault(known => known.UpTo >= sentAt)?.At;

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Reads what <see cref="ToJson"/> wrote, or the bare list of before.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ReadReceipts OfJson(string json)
    {
        try
        {
            return json.StartsWith('[')
                ? new ReadReceipts(JsonSerializer.Deserialize<List<ReadReceipt>>(json, JsonSerializerOptions.Web)!)
                : JsonSerializer.Deserialize<ReadReceipts>(json, JsonSerializerOptions.Web) ?? Unknown;
        }
        catch (JsonException error)
        {
            throw new FormatException("The read receipts of a conversation cannot be read.", error);
        }
    }

    /// <summary>The moment before the first message of the business; where a receipt ends that came before it.</summary>
    private DateTimeOffset? BeforeFirst(DateTimeOffset end) =>
        Since is not { } first ? null : first > end ? end : first.AddMilliseconds(-1);
}
