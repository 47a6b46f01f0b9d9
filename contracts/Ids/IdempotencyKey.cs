using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>A client's name for one request, so that a repeat has no second effect; 1 to 255 printable ASCII characters.</summary>
[JsonConverter(typeof(StringIdJsonConverter<IdempotencyKey>))]
public readonly record struct IdempotencyKey : IStringId<IdempotencyKey>
{
    private readonly string? _value;

    private IdempotencyKey(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(IdempotencyKey));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out IdempotencyKey id)
    {
        var valid = text is { Length: > 0 and <= 255 } && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
        id = valid ? new IdempotencyKey(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static IdempotencyKey Parse(string text) => IStringId<IdempotencyKey>.Parse(text);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
