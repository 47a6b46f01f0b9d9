using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>The name of this process in logs, traces, metrics and health, like <c>store</c>.</summary>
internal sealed record ServiceName(string Value);

/// <summary><c>/health/live</c> and <c>/health/ready</c>. Both name the service, so that a wrong address is noticed.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        // Live says only that the process answers: restarting it would not bring a database back.
        app.MapHealthChecks(
            "/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        app.MapMethods("/health/ready", [HttpMethods.Get, HttpMethods.Head], ReadyAsync).ExcludeFromDescription().AllowAnonymous();
    }

    private static async Task ReadyAsync(HttpContext context, Readiness readiness)
    {
        var report = await readiness.GetAsync(context.RequestAborted);
        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        await WriteAsync(context, report);
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            service = context.RequestServices.GetRequiredService<ServiceName>().Value,
            status = report.Status.ToString(),
            not_ready = report.Entries
                .Where(entry => entry.Value.Status != HealthStatus.Healthy)
                .Select(entry => new { name = entry.Key, status = entry.Value.Status.ToString(), reason = entry.Value.Description }),
        },
        ApiJson.Options);
}
