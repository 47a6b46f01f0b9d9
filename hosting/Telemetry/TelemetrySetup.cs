using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>Logs, traces and metrics of every process.</summary>
internal static class TelemetrySetup
{
    private const string MetricsPath = "/metrics";

    /// <summary>
    /// JSON logs on the console (<c>Logging:Format=text</c> for people). Metrics are always collected; traces are exported when
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var configuration = builder.Configuration;
        builder.Logging.ClearProviders();
        if (configuration["Logging:Format"] == "text") builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        else builder.Logging.AddJsonConsole(options => (options.IncludeScopes, options.UseUtcTimestamp, options.TimestampFormat) = (false, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        foreach (var noisy in (string[])["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System.Net.Http", "MassTransit", "Yarp", "Microsoft.Extensions.Http", "Microsoft.AspNetCore.DataProtection"])
            builder.Logging.AddFilter(noisy, LogLevel.Warning);

        if (MetricsPort(configuration) is { } port) builder.WebHost.UseUrls($"{builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey)};http://localhost:{port}");

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(serviceName, "instamessenger"));
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(Metrics.MeterName, "MassTransit")
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
            .AddPrometheusExporter());
        if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;
        telemetry.WithTracing(tracing => tracing
            .AddSource(ActivityNames.SourceName, "MassTransit")
            .AddAspNetCoreInstrumentation(options => options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) && context.Request.Path != MetricsPath)
            .AddHttpClientInstrumentation()
            .AddOtlpExporter());
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
    }

    /// <summary>
    /// Serves <c>/metrics</c>; with <c>Metrics:Port</c> only on that port, judged by the connection because a Host header can be forged.
    /// </summary>
    public static void UseMetricsEndpoint(this WebApplication app)
    {
        var port = MetricsPort(app.Configuration);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
            context.Request.Path == MetricsPath && (port is null || context.Connection.LocalPort == port));
    }

    private static int? MetricsPort(IConfiguration configuration) => configuration.GetValue<int?>("Metrics:Port") is > 0 and var port ? port : null;
}
