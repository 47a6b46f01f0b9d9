using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Logs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>Logs, traces and metrics of every process.</summary>
internal static class TelemetrySetup
{
    private const string MetricsPath = "/metrics";

    private static readonly string[] Noisy =
    [
        "Microsoft.AspNetCore", "Microsoft.AspNetCore.DataProtection", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions.Http",
        "System.Net.Http", "MassTransit", "Yarp",
    ];

    /// <summary>
    /// JSON logs on the console (<c>Logging:Format=text</c> for people). Metrics are collected where somebody can get them: with
    /// <c>Metrics:Port</c> or <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. Traces are exported when the latter is set.
    /// </summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        var configuration = builder.Configuration;
        builder.Logging.ClearProviders();
        if (configuration["Logging:Format"] is not (null or "" or "json" or "text"))
            throw new SettingException("Logging:Format must be json or text.");
        builder.Logging.AddConsole(
            console => console.FormatterName = configuration["Logging:Format"] == "text" ? TextLines.FormatName : JsonLines.FormatName)
            .AddConsoleFormatter<TextLines, ConsoleFormatterOptions>().AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        foreach (var noisy in Noisy) builder.Logging.AddFilter(noisy, LogLevel.Warning);
        // ServiceProcess reports what stops a start in one line; here it would be thirty more.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // It writes a line for each check that is not well each time anybody asks; Readiness logs when that changes.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // Each failing connection is reported by whoever wanted it.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Connection", LogLevel.None);
        // ASP.NET writes two lines for every wrong credential: strangers would fill the disk. The metric http.server.request.duration
        // counts the 401s.
        builder.Logging.AddFilter(typeof(CallerAuthentication).FullName, LogLevel.Warning);

        var port = MetricsPort(configuration);
        if (port is not null)
        {
            var urls = builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey) ?? "";
            var host = configuration["Metrics:Host"] is { Length: > 0 } set ? set : "localhost";
            if (!urls.Split(';').Any(url => url.TrimEnd('/').EndsWith($":{port}", StringComparison.Ordinal)))
                builder.WebHost.UseUrls($"{urls};http://{host}:{port}");
        }

        var exports = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        if (port is null && !exports) return;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, "instamessenger"));
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(Metrics.MeterName, "MassTransit")
            .AddView(SeriesOf)
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
            .AddPrometheusExporter());
        if (!exports) return;
        telemetry.WithTracing(tracing => tracing
            .AddSource(ActivityNames.SourceName, "MassTransit")
            .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) && context.Request.Path != MetricsPath)
            .AddHttpClientInstrumentation()
            .AddOtlpExporter());
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
    }

    /// <summary>
    /// Serves <c>/metrics</c> on <c>Metrics:Port</c> and nowhere else, judged by the connection because a Host header can be forged.
    /// Without the setting nobody gets them: whoever asks at the public port is a stranger.
    /// </summary>
    public static void UseMetricsEndpoint(this WebApplication app)
    {
        if (MetricsPort(app.Configuration) is not { } port) return;
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            context => context.Request.Path == MetricsPath && context.Connection.LocalPort == port);
    }

    /// <summary>
    /// Room for an instrument's combinations of tags, which the SDK takes at once and never gives back: at its 2,000 for each of some fifty
    /// instruments 8 MB a process. Only those of requests have tags that strangers add to (routes, hosts of CRMs).
    /// </summary>
    private static MetricStreamConfiguration? SeriesOf(Instrument instrument) =>
        instrument.Name.StartsWith("http.", StringComparison.Ordinal) ? null : new MetricStreamConfiguration { CardinalityLimit = 200 };

    private static int? MetricsPort(IConfiguration configuration) => configuration.GetValue<int?>("Metrics:Port") switch
    {
        null or 0 => null,
        > 0 and < 65536 and var port => port,
        _ => throw new SettingException("Metrics:Port must be a port: 1 to 65535, or 0 for none."),
    };
}
