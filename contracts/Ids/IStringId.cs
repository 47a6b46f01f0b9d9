using System.Diagnostics.CodeAnalysis;

namespace InstaMessenger.Contracts.Ids;

/// <summary>
/// An id that travels as a plain string and can only be made by parsing, so that a value of the type is a value
/// that was checked.
/// </summary>
/// <typeparam name="TSelf">The id's own type.</typeparam>
public interface IStringId<TSelf>
    where TSelf : struct, IStringId<TSelf>
{
    /// <summary>The id as a plain string.</summary>
    /// <exception cref="InvalidOperationException">The id is <c>default</c>: it was never parsed.</exception>
    string Value { get; }

    /// <summary>Says whether <paramref name="text"/> has the form of this id, and gives it if so.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="id">The id, or <c>default</c> when the answer is no.</param>
    /// <returns>Whether the text has the form.</returns>
    static abstract bool TryParse([NotNullWhen(true)] string? text, out TSelf id);

    /// <summary>Reads an id that is known to be well formed (our own rows and messages).</summary>
    /// <param name="text">The text as it came.</param>
    /// <returns>The id.</returns>
    /// <exception cref="FormatException">The text does not have the form of this id.</exception>
    static TSelf Parse(string text) =>
        TSelf.TryParse(text, out var id) ? id : throw new FormatException($"Not a valid {typeof(TSelf).Name}.");
}
