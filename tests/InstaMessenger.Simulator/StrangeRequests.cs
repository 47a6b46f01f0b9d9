using Microsoft.AspNetCore.Http.Extensions;

namespace InstaMessenger.Simulator;

/// <summary>
/// Refuses what a web page that a developer happens to have open could send: the simulator listens on their machine and asks nobody for a
/// password, so any page could otherwise write as a customer, read the record of all sends, or point the webhooks elsewhere.
/// </summary>
internal static class StrangeRequests
{
    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>403 for a request of another site's page, and for a Host that is not ours (a name that was made to lead here).</summary>
    /// <param name="options">Its address and <see cref="SimulatorOptions.AllowedHosts"/>.</param>
    public static void RefuseStrangeRequests(this IApplicationBuilder app, SimulatorOptions options)
    {
        var hosts = ThisMachine.Append(BindingAddress.Parse(options.Url).Host).Concat(options.AllowedHosts)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        app.Use(async (http, next) =>
        {
            var why = !hosts.Contains(http.Request.Host.Host) ? $"{http.Request.Host.Host} is no name of the simulator; allow it with "
                + $"Simulator:AllowedHosts."
                : IsOfAnotherSite(http.Request) ? "A page of another site may not call the simulator."
                : null;
            if (why is null)
            {
                await next(http);
                return;
            }

            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsJsonAsync(new { Error = why }, SimulatorJson.Options);
        });
    }

    /// <summary>
    /// Browsers say where a request comes from; services and curl say nothing. Opening the page from a link of another site is harmless.
    /// </summary>
    private static bool IsOfAnotherSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is "cross-site" or "same-site")
            return !(HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate");
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && origin != UriHelper.BuildAbsolute(request.Scheme, request.Host).TrimEnd('/');
    }
}
