using Microsoft.AspNetCore.ResponseCompression;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>
/// Compresses what is text, for clients that take it. Pictures and the inbox's files are compressed already, and a live stream goes out
/// event by event.
/// </summary>
internal static class Compression
{
    private const string Stream = "/api/v1/events/stream";

    public static void AddCompression(this WebApplicationBuilder builder) => builder.Services.AddResponseCompression(options =>
    {
        // No answer holds a secret beside what another site could have put into it: a secret is shown once, in the answer to a change, and
        // changes come from pages of this site alone. So nobody learns one from how well it compresses.
        options.EnableForHttps = true;
        options.MimeTypes = ["application/json", "application/problem+json", "text/html", "text/plain", "text/css", "text/javascript"];
        options.Providers.Add<BrotliCompressionProvider>();
        options.Providers.Add<GzipCompressionProvider>();
    });

    public static void Use(IApplicationBuilder app) => app.UseWhen(
        context => !context.Request.Path.StartsWithSegments(Stream, StringComparison.OrdinalIgnoreCase),
        answers => answers.UseResponseCompression());
}
