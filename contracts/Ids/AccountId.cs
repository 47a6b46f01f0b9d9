using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>Our id of a linked Instagram account: <c>acc_…</c>.</summary>
[JsonConverter(typeof(StringIdJsonConverter<AccountId>))]
public readonly record struct AccountId : IStringId<AccountId>
{
    private readonly string? _value;

    private AccountId(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(AccountId));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountId id)
    {
        var valid = IdForm.IsPrefixed(text, "acc_");
        id = valid ? new AccountId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static AccountId Parse(string text) => IStringId<AccountId>.Parse(text);

    /// <summary>Makes a new id, ordered by the time of <paramref name="clock"/> to the millisecond.</summary>
    /// <returns>The id.</returns>
    public static AccountId New(TimeProvider clock) => new(IdForm.TimeOrdered("acc_", clock));

    /// <summary>
    /// Says whether an id comes later in the order of ids. A query may say so too: its column is compared as it is stored.
    /// </summary>
    /// <param name="left">An id.</param>
    /// <param name="right">Another one.</param>
    /// <returns>Whether the first is behind the second.</returns>
    public static bool operator >(AccountId left, AccountId right) => string.CompareOrdinal(left.Value, right.Value) > 0;

    /// <inheritdoc cref="op_GreaterThan"/>
    /// <returns>Whether the first is before the second.</returns>
    public static bool operator <(AccountId left, AccountId right) => string.CompareOrdinal(left.Value, right.Value) < 0;

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
