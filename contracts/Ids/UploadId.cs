using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>Our id of a file that a client uploaded to be sent: <c>up_…</c>.</summary>
[JsonConverter(typeof(StringIdJsonConverter<UploadId>))]
public readonly record struct UploadId : IStringId<UploadId>
{
    private readonly string? _value;

    private UploadId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(UploadId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out UploadId id)
    {
        var valid = IdForm.IsPrefixed(text, "up_");
        id = valid ? new UploadId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static UploadId Parse(string text) => IStringId<UploadId>.Parse(text);

    /// <summary>Makes a new id, ordered by the time of <paramref name="clock"/> to the millisecond.</summary>
    /// <returns>The id.</returns>
    public static UploadId New(TimeProvider clock) => new(IdForm.TimeOrdered("up_", clock));

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
