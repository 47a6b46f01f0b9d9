namespace InstaMessenger.Store.Connect;

/// <summary>
/// The page for a browser that cannot be sent back, because nobody knows what it began. Static: it shows nothing of the request.
/// </summary>
internal static class ConnectPage
{
    private const string Text =
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Connect again</title></head>
        <body>
        <h1>This connection was not begun here</h1>
        <p>It was begun more than ten minutes ago, was finished already, or was begun in another browser. Nothing was changed.</p>
        <p><a href="/">Go to the inbox</a> and connect the account again.</p>
        </body>
        </html>
        """;

    public static IResult NotBegun() => Results.Text(Text, "text/html; charset=utf-8", statusCode: StatusCodes.Status400BadRequest);
}
