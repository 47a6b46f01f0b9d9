namespace InstaMessenger.Sender.Publishing;

/// <summary>Why Meta cannot fetch what lies here.</summary>
/// <param name="Code">A stable snake_case code.</param>
/// <param name="Message">What is wrong, for people; never a secret.</param>
/// <param name="NextStep">What to do.</param>
/// <param name="IsCertain">Whether it is so for everybody, and not only from here.</param>
internal sealed record AddressFault(string Code, string Message, string NextStep, bool IsCertain)
{
    /// <summary>Whatever is there is not this installation, or nothing that Meta would fetch from.</summary>
    public static AddressFault Wrong(Uri address, string why) => new(
        "public_address_wrong",
        $"Public:BaseUrl ({Shown(address)}) does not lead here: {why}",
        "Set Public:BaseUrl to the public https address of this installation's gateway, and start again.",
        IsCertain: true);

    /// <summary>Nothing answers, as far as can be told from here.</summary>
    public static AddressFault Unreachable(Uri address, string why) => new(
        "public_address_unreachable",
        $"Public:BaseUrl ({Shown(address)}) does not answer from here: {why}",
        "Correct it, or let it answer; where Meta can reach it and this machine cannot, set Public:CheckFromHere to false.",
        IsCertain: false);

    private static string Shown(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
