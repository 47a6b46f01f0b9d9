namespace InstaMessenger.UiGateway.Inbox;

/// <summary>
/// The inbox at <c>/</c>. Its own addresses lie below <c>/inbox</c> and are all answered with the same page, whose script shows what the
/// address says.
/// </summary>
internal static class InboxPages
{
    /// <summary>
    /// Everything comes from here, and nothing in the page itself is run: a customer's text that became markup by mistake would still do
    /// nothing. Pictures are also those that the agent has just chosen and not sent yet (<c>blob:</c>).
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
        + "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types vue";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapInbox(this IEndpointRouteBuilder routes)
    {
        foreach (var file in InboxFiles.All.Values.Where(file => file.Path != InboxFiles.Shell))
            Map(routes, "/" + file.Path, file.AnswerAsync);
        var shell = InboxFiles.All[InboxFiles.Shell];
        foreach (var path in (string[])["/", "/inbox/{**rest}"])
        {
            Map(routes, path, context =>
            {
                context.Response.Headers.ContentSecurityPolicy = Policy;
                return shell.AnswerAsync(context);
            });
        }
    }

    private static void Map(IEndpointRouteBuilder routes, string path, RequestDelegate answer) =>
        routes.MapMethods(path, Methods, answer).AllowAnonymous();
}
