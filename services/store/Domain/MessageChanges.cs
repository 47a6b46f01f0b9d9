using System.Text.Json;
using System.Text.Json.Serialization;

namespace InstaMessenger.Store.Domain;

/// <summary>
/// What happened to a message after it was written. Each change can come at any time and any number of times, also before its message; in
/// whatever order they come, the same is left in the end.
/// </summary>
internal sealed record MessageChanges
{
    public static readonly MessageChanges None = new();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The last reaction of each side; one that was taken back stays, so that an older one that comes late finds it.</summary>
    public IReadOnlyList<Reaction> Reactions { get; init; } = [];

    /// <summary>All that the message ever said, in order; empty as long as it was not edited.</summary>
    public IReadOnlyList<TextVersion> Versions { get; init; } = [];

    /// <summary>When it was taken back.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>
    /// Whether the thread counts the message as unread, although only an edit of it came so far: it counts once, also when it is taken back
    /// before it comes itself.
    /// </summary>
    public bool IsCounted { get; init; }

    /// <summary>When the customer read it, as long as nobody knows where in the thread it stands.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>When the first change was made that waits for its message, also one that another took the place of.</summary>
    public DateTimeOffset? FirstAt { get; init; }

    /// <summary>Adds a reaction. Returns the changes themselves when a later one of the same side is known.</summary>
    public MessageChanges With(Reaction reaction)
    {
        var before = Reactions.FirstOrDefault(known => known.By == reaction.By);
        if (before is not null && !reaction.IsLaterThan(before)) return this;
        return this with { Reactions = [.. Reactions.Where(known => known != before).Append(reaction).OrderBy(known => known.By)] };
    }

    /// <summary>Adds a version. Returns the changes themselves when it is known.</summary>
    public MessageChanges With(TextVersion version) => Versions.Any(version.IsSameEdit)
        ? this
        : this with { Versions = TextVersion.InOrder(Versions.Append(version)) };

    /// <summary>Adds a version that waits for its message. Of one that was taken back no text is kept.</summary>
    public MessageChanges WithEarly(TextVersion version) => DeletedAt is null ? With(version) : this;

    /// <summary>Adds that the customer read it; the first time counts.</summary>
    public MessageChanges WithRead(DateTimeOffset at) => ReadAt <= at ? this : this with { ReadAt = at };

    /// <summary>Adds that it was taken back; the first time counts, and nothing is left of what was said of it.</summary>
    public MessageChanges WithUnsend(DateTimeOffset at) =>
        this with { Reactions = [], Versions = [], DeletedAt = DeletedAt <= at ? DeletedAt : at };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static MessageChanges OfJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<MessageChanges>(json, Json) ?? None;
        }
        catch (JsonException error)
        {
            throw new FormatException("The changes of a message cannot be read.", error);
        }
    }
}
