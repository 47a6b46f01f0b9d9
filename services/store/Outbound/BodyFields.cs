using System.Globalization;
using System.Text.Json;

namespace InstaMessenger.Store.Outbound;

/// <summary>Reads the members of an object in a request's body, and collects what is wrong with them, each under its full name.</summary>
/// <param name="element">The object.</param>
/// <param name="path">Where it stands in the body, with a dot at its end; empty for the body itself.</param>
/// <param name="errors">What was found wrong so far, of the whole body.</param>
internal sealed class BodyFields(JsonElement element, string path, List<(string Field, string Error)> errors)
{
    private static readonly string[] TimeForms = 
    [
        "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>Notes what is wrong with a member. The first fault of a member counts: what follows from it is noise.</summary>
    public void Wrong(string name, string error)
    {
        if (!errors.Exists(other => other.Field == path + name)) errors.Add((path + name, error));
    }

    /// <summary>Names each member that is not one of these.</summary>
    public void HasOnly(params IReadOnlyList<string> names)
    {
        foreach (var member in element.EnumerateObject().Where(member => !names.Contains(member.Name)))
            Wrong(member.Name, "There is no such member.");
    }

    /// <summary>Returns a member; null when it is missing or null.</summary>
    public JsonElement? Member(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool Has(string name) => Member(name) is not null;

    /// <summary>Returns a text; null when there is none.</summary>
    public string? Text(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        Wrong(name, "Must be a string.");
        return null;
    }

    /// <summary>Returns a text that must be there, is not blank and has at most so many characters; empty when it is wrong.</summary>
    public string Text(string name, int most)
    {
        if (!Has(name)) Wrong(name, "Is needed.");
        return OptionalText(name, most) ?? "";
    }

    /// <summary>Returns a text that is not blank and has at most so many characters; null when there is none.</summary>
    public string? OptionalText(string name, int most)
    {
        var text = Text(name);
        if (text is null) return null;
        if (string.IsNullOrWhiteSpace(text)) Wrong(name, "Must not be blank.");
        if (text.EnumerateRunes().Count() is var count && count > most)
            Wrong(name, $"Has {count} characters; Instagram takes at most {most}.");
        return text;
    }

    /// <summary>Returns a time with its offset (RFC 3339), as UTC; null when there is none or it is wrong.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, Utc, out var time)) return time;
        Wrong(name, "It is a time of RFC 3339 with its zone, like 2026-11-27T10:00:00Z.");
        return null;
    }

    public bool Flag(string name)
    {
        if (Member(name) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Wrong(name, "Must be true or false.");
        return false;
    }

    /// <summary>Returns the fields of an object; null when there is none.</summary>
    public BodyFields? Object(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new BodyFields(value, $"{path}{name}.", errors);
        Wrong(name, "Must be an object.");
        return null;
    }

    /// <summary>Returns the fields of each object of a list; empty when there is none or the list is wrong.</summary>
    /// <param name="name">The list.</param>
    /// <param name="least">The fewest entries that it may have.</param>
    public IReadOnlyList<BodyFields> Objects(string name, int least, int most)
    {
        if (Member(name) is not { } list) return [];
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            Wrong(name, "Must be a list of objects.");
            return [];
        }

        var count = list.GetArrayLength();
        if (count >= least && count <= most)
            return [.. list.EnumerateArray().Select((item, index) => new BodyFields(item, $"{path}{name}[{index}].", errors))];
        Wrong(name, $"Has {count} entries; Instagram takes {least} to {most}.");
        return [];
    }

    /// <summary>Returns an address that Meta can fetch from or open; null when there is none or it is wrong.</summary>
    public string? Url(string name, bool allowHttp)
    {
        if (Text(name) is not { } text) return null;
        if (AttachmentUrl.CheckUrl(text, allowHttp, out _) is not { } error) return text;
        Wrong(name, error);
        return null;
    }
}
