using System.Globalization;
using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Access;

namespace InstaMessenger.Store.CannedReplies;

/// <summary>Reads the fields of a saved reply from a request's body, and collects what is wrong with them.</summary>
internal sealed class CannedReplyFields
{
    /// <summary>In characters.</summary>
    public const int LongestShortcut = 40;

    /// <summary>In UTF-16 units. A longer one is no reply: Instagram takes 1,000 bytes in a message.</summary>
    public const int LongestText = 4_000;

    private readonly List<(string Field, string Error)> _faults = [];

    public IReadOnlyList<(string Field, string Error)> Faults => _faults;

    /// <summary>The form in which shortcuts are compared: case makes no other shortcut.</summary>
    public static string KeyOf(string shortcut) => shortcut.ToLowerInvariant();

    /// <summary>Reads a shortcut: one word, so that it can be typed behind a slash.</summary>
    public string Shortcut(string? text)
    {
        var shortcut = text ?? "";
        var length = shortcut.EnumerateRunes().Count();
        if (length is 0 or > LongestShortcut || !shortcut.EnumerateRunes().All(IsOfWord))
        {
            _faults.Add((
                "shortcut",
                $"It has 1 to {LongestShortcut} letters or digits of any language, or any of - _ . and is written without the slash."));
        }

        return shortcut;
    }

    public string Text(string? text)
    {
        var written = text?.ReplaceLineEndings("\n") ?? "";
        if (string.IsNullOrWhiteSpace(written)) _faults.Add(("text", "Is needed."));
        else if (written.Length > LongestText) _faults.Add(("text", $"It has at most {LongestText} characters."));
        else if (written.Any(character => char.IsControl(character) && character is not ('\n' or '\t')))
            _faults.Add(("text", "It has no control characters but line breaks and tabs."));
        return written;
    }

    /// <summary>Reads for which accounts it is; null for all of them.</summary>
    public IReadOnlyList<AccountId>? Accounts(IReadOnlyList<string?>? given)
    {
        if (given is null) return null;
        var accounts = AccountIds.Parse(given, out var fault);
        if (given.Count == 0) fault = "Name an account, or give null for all.";
        if (fault is not null) _faults.Add(("account_ids", fault));
        return accounts ?? [];
    }

    public void Fault(string field, string error) => _faults.Add((field, error));

    private static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.'
        // Vowels of many scripts, and accents that have no letter of their own.
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
