namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>An error as Meta writes it.</summary>
internal sealed record GraphError(int Status, int Code, int? Subcode, string Message, bool? Transient = null)
{
    public static GraphError UnknownToken { get; } = new(401, 190, null, "Invalid OAuth access token - Cannot parse access token");

    public static GraphError ExpiredToken { get; } = new(401, 190, 463, "Error validating access token: Session has expired.");

    public static GraphError RevokedToken { get; } =
        new(401, 190, 458, "Error validating access token: The user has not authorized application.");

    public static GraphError OutsideWindow { get; } = new(403, 10, 2534022, "This message is sent outside of allowed window.");

    public static GraphError UnknownRecipient { get; } = new(400, 100, 2534014, "The requested user cannot be found.");

    public static GraphError NoPrivateReply { get; } = new(400, 100, 2534025, "The comment is invalid for sending a private reply.");

    public static GraphError NoConsent { get; } = new(403, 230, null, "User consent is required to access user profile.");

    public static GraphError MissingObject(string id) => new(400, 100, 33,
        $"Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions.");

    public static GraphError UnfetchableMedia { get; } = new(400, 9004, 2207052, "The media could not be fetched from this URI.");

    public static GraphError WrongMedia { get; } = new(400, 36001, 2207005, "The image format is not supported.");

    public static GraphError MediaTooLarge { get; } = new(400, 36000, 2207004, "The media is too large.");

    public static GraphError Invalid(string message) => new(400, 100, null, $"(#100) {message}");

    public static string MessageFor(int code) => code switch
    {
        1 => "An unknown error has occurred.",
        2 => "Service temporarily unavailable",
        4 => "Application request limit reached",
        10 => "This message is sent outside of allowed window.",
        190 => "Error validating access token",
        551 => "This person isn't available right now.",
        613 => "Calls to this api have exceeded the rate limit.",
        _ => $"(#{code}) Simulated error",
    };
}
