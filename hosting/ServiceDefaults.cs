using InstaMessenger.Hosting.ApiDocs;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Http.Bodies;
using InstaMessenger.Hosting.Logs;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting;

/// <summary>What every process has: clock, logs, telemetry, health, problems, JSON, secrets, authentication.</summary>
public static class ServiceDefaults
{
    /// <summary>Begins a process: a host with the defaults.</summary>
    /// <param name="args">Configuration from the command line, like <c>--Data:Directory=/var/lib/instamessenger</c>.</param>
    /// <param name="serviceName">The name in logs, traces and metrics, like <c>store</c>.</param>
    /// <param name="defaultPort">Where it listens unless <c>Urls</c> is set.</param>
    /// <returns>The host, to which the service is added.</returns>
    public static WebApplicationBuilder CreateBuilder(string[] args, string serviceName, int defaultPort)
    {
        // ASP.NET would watch all that is below the working directory for a changed appsettings.json. The data is often there, and then
        // every write to a database file woke a thread: 4 % of all processor time under load. A setting is read at the start in any case.
        var builder = WebApplication.CreateBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
        builder.AddServiceDefaults(serviceName, defaultPort);
        return builder;
    }

    /// <summary>Adds the defaults. Call it first.</summary>
    /// <param name="serviceName">The name in logs, traces and metrics, like <c>store</c>.</param>
    /// <param name="defaultPort">Where it listens unless <c>Urls</c> is set.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, string serviceName, int defaultPort)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (string.IsNullOrEmpty(builder.Configuration["Urls"])) builder.WebHost.UseUrls($"http://localhost:{defaultPort}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        KnownSettings.Check(builder.Configuration);
        builder.Services.AddTransient<IStartupFilter, LastAnswers>();
        builder.Services.AddTransient<IStartupFilter, RequestId.InFront>();
        builder.Services.AddTransient<IStartupFilter, ProblemLog.InFront>();
        builder.Services.AddTransient<IStartupFilter, HeadRequests>();
        builder.AddKnownProxies();
        BodyLimits.Add(builder);
        builder.AddTelemetry(serviceName);
        builder.Services.AddSingleton(new Outage(error => error is StoreUnavailableException || DatabaseErrors.IsUnavailable(error)));
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new ServiceName(serviceName));
        services.AddHealthChecks();
        services.AddSingleton<Readiness>();
        services.AddHostedService<DrainBeforeStop>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Problems.Customize);
        services.AddExceptionHandler<ExceptionToProblem>();
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        // Docker kills what has not ended 10 s after it was asked to.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(8));
        builder.AddCallerAuthentication();
    }

    /// <summary>Uses the defaults. Call it before the endpoints are mapped.</summary>
    public static void UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = IsExpected });
        app.UseStatusCodePages();
        app.UseMetricsEndpoint();
        app.Use(CrossSiteWrites.RefuseAsync);
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(UrlRules.CheckAsync);
        app.Use(NoBody.CheckAsync);
        app.MapHealth();
        app.MapApiDocument();
    }

    /// <summary>
    /// Whether <see cref="ExceptionToProblem"/> knows the exception, which then needs no stack trace for each request: a bad request is the
    /// client's fault, a database that is away is reported by itself, and <see cref="ProblemLog"/> has a line for it.
    /// </summary>
    private static bool IsExpected(ExceptionHandlerSuppressDiagnosticsContext context) =>
        context.ExceptionHandledBy == ExceptionHandledType.ExceptionHandlerService || context.Exception is OperationCanceledException;
}
