using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Where a page of a list ended, as an opaque word made of what the list holds and is ordered by. Endpoints take one as a parameter.
/// Anything that is not exactly a word that a list of such things gave is answered 400 <c>bad_cursor</c> before the endpoint runs
/// (<see cref="UrlRules"/>).
/// </summary>
internal interface ICursor;

/// <summary>A cursor of a list that is ordered by a number.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
/// <param name="Number">The last item's number.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NumberCursor<T>(long Number) : ICursor
{
    private static readonly string Kind = "n" + typeof(T).Name;

    /// <summary>Parses a cursor.</summary>
    /// <param name="text">The word as the client gave it.</param>
    /// <param name="cursor">The cursor that the word stands for.</param>
    /// <returns>False when the text is not a word that such a list gives.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out NumberCursor<T> cursor)
    {
        var valid = CursorWord.TryRead(text, Kind, out var number, out var rest) && rest.Length == 0;
        cursor = valid ? new NumberCursor<T>(number) : default;
        return valid;
    }

    /// <summary>Writes the cursor as a word.</summary>
    /// <returns>Letters, digits, - and _.</returns>
    public override string ToString() => CursorWord.Of(Kind, Number, "");
}

/// <summary>A cursor of a list that is ordered by id.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
/// <param name="Id">The last item's id.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct IdCursor<T>(string Id) : ICursor
{
    private static readonly string Kind = "i" + typeof(T).Name;

    /// <summary>Returns the id after which the list goes on.</summary>
    /// <param name="cursor">The cursor; null on the first page.</param>
    /// <returns>The id; on the first page the empty text, which is before all ids.</returns>
    public static string After(IdCursor<T>? cursor) => cursor?.Id ?? "";

    /// <summary>Parses a cursor.</summary>
    /// <param name="text">The word as the client gave it.</param>
    /// <param name="cursor">The cursor that the word stands for.</param>
    /// <returns>False when the text is not a word that such a list gives.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out IdCursor<T> cursor)
    {
        var valid = CursorWord.TryRead(text, Kind, out _, out var id) && id.Length > 0;
        cursor = valid ? new IdCursor<T>(id) : default;
        return valid;
    }

    /// <summary>Writes the cursor as a word.</summary>
    /// <returns>Letters, digits, - and _.</returns>
    public override string ToString() => CursorWord.Of(Kind, 0, Id);
}

/// <summary>A cursor of a list of accounts, by id.</summary>
/// <param name="Id">The last account's id.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AccountCursor(AccountId Id) : ICursor
{
    /// <summary>Parses a cursor.</summary>
    /// <param name="text">The word as the client gave it.</param>
    /// <param name="cursor">The cursor that the word stands for.</param>
    /// <returns>False when the text is not a word that such a list gives.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountCursor cursor)
    {
        var id = default(AccountId);
        var valid = CursorWord.TryRead(text, "a", out _, out var rest) && AccountId.TryParse(rest, out id);
        cursor = valid ? new AccountCursor(id) : default;
        return valid;
    }

    /// <summary>Writes the cursor as a word.</summary>
    /// <returns>Letters, digits, - and _.</returns>
    public override string ToString() => CursorWord.Of("a", 0, Id.Value);
}

/// <summary>A cursor of a list that is ordered by time, and then by a number.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
/// <param name="Time">The last item's time, to the millisecond.</param>
/// <param name="Number">The last item's number.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimeCursor<T>(DateTimeOffset Time, long Number) : ICursor
{
    private static readonly string Kind = "t" + typeof(T).Name;

    /// <summary>Parses a cursor.</summary>
    /// <param name="text">The word as the client gave it.</param>
    /// <param name="cursor">The cursor that the word stands for.</param>
    /// <returns>False when the text is not a word that such a list gives.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeCursor<T> cursor)
    {
        var number = 0L;
        var valid = CursorWord.TryRead(text, Kind, out var milliseconds, out var rest)
            && long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && milliseconds <= CursorWord.LastMillisecond;
        cursor = valid ? new TimeCursor<T>(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), number) : default;
        return valid;
    }

    /// <summary>Writes the cursor as a word.</summary>
    /// <returns>Letters, digits, - and _.</returns>
    public override string ToString() => CursorWord.Of(Kind, Time.ToUnixTimeMilliseconds(), Number.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A cursor of a list that is ordered by time, and then by id.</summary>
/// <param name="Time">The last item's time, to the millisecond.</param>
/// <param name="Id">The last item's id.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimeIdCursor(DateTimeOffset Time, string Id) : ICursor
{
    /// <summary>Parses a cursor.</summary>
    /// <param name="text">The word as the client gave it.</param>
    /// <param name="cursor">The cursor that the word stands for.</param>
    /// <returns>False when the text is not a word that such a list gives.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeIdCursor cursor)
    {
        var valid = CursorWord.TryRead(text, "c", out var milliseconds, out var id) && id.Length > 0
            && milliseconds <= CursorWord.LastMillisecond;
        cursor = valid ? new TimeIdCursor(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), id) : default;
        return valid;
    }

    /// <summary>Writes the cursor as a word.</summary>
    /// <returns>Letters, digits, - and _.</returns>
    public override string ToString() => CursorWord.Of("c", Time.ToUnixTimeMilliseconds(), Id);
}

/// <summary>A place in the event log: the sequence of an event. The log's own cursor, which stands for itself in every tap.</summary>
/// <param name="Sequence">A whole number from 0 on.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SequenceCursor(long Sequence) : ICursor
{
    /// <summary>Parses a sequence.</summary>
    /// <param name="text">The word as the client gave it.</param>
    /// <param name="cursor">The cursor that the word stands for.</param>
    /// <returns>False when the text is no whole number from 0 on.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SequenceCursor cursor)
    {
        var valid = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence);
        cursor = new SequenceCursor(sequence);
        return valid;
    }

    /// <summary>Writes the sequence.</summary>
    /// <returns>Digits.</returns>
    public override string ToString() => Sequence.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// The one form of all cursors: base64url of a letter and a name for the kind of list, a colon, a number, a dot, and the rest.
/// </summary>
internal static partial class CursorWord
{
    /// <summary>The end of the year 9999, in milliseconds since 1970.</summary>
    public const long LastMillisecond = 253_402_300_799_999;

    private const int Longest = 200;

    public static string Of(string kind, long number, string rest) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}:{number}.{rest}")));

    /// <summary>Reads exactly what <see cref="Of"/> writes, and no other spelling of it.</summary>
    public static bool TryRead([NotNullWhen(true)] string? text, string kind, out long number, out string rest)
    {
        (number, rest) = (0, "");
        if (text is not { Length: > 0 and <= Longest } || !Base64Url.IsValid(text)) return false;
        var match = Form().Match(Encoding.Latin1.GetString(Base64Url.DecodeFromChars(text)));
        if (!match.Success || match.Groups["kind"].Value != kind) return false;
        if (!long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out number)) return false;
        rest = match.Groups["rest"].Value;
        return Of(kind, number, rest) == text;
    }

    [GeneratedRegex(
        @"^(?<kind>[a-zA-Z]+):(?<number>[0-9]{1,19})\.(?<rest>[A-Za-z0-9_]*)\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Form();
}
