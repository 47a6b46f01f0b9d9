namespace InstaMessenger.Sender.Greetings;

/// <summary>What can be tapped, checked before Meta is asked.</summary>
internal static class TapRules
{
    /// <summary>Ours, since Meta names none.</summary>
    public const int MostTitle = 80;

    /// <inheritdoc cref="MostTitle"/>
    public const int MostPayload = 1000;

    /// <summary>What is wrong with a null among the entries.</summary>
    public const string NoObject = "Must be an object.";

    public static void Count(string field, int count, int most, List<(string Field, string Error)> wrong)
    {
        if (count == 0 || count > most) wrong.Add((field, $"Has {count} entries; Instagram takes 1 to {most}."));
    }

    public static void Text(string field, string? text, int most, List<(string Field, string Error)> wrong)
    {
        if (string.IsNullOrWhiteSpace(text)) wrong.Add((field, "Is needed."));
        else if (text.EnumerateRunes().Count() is var count && count > most)
            wrong.Add((field, $"Has {count} characters; at most {most} are taken."));
    }
}
