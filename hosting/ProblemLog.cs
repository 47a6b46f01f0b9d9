using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Logs;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting;

/// <summary>
/// Logs a line for each problem that this process answers, so that its <c>trace_id</c> is found in the log. Strangers could fill the disk
/// that way, so each kind of caller gets a number of lines a minute, and the rest are counted.
/// </summary>
internal sealed partial class ProblemLog(RequestDelegate next, TimeProvider clock, ILogger<ProblemLog> logger)
{
    private const string Nowhere = "no endpoint";
    private readonly LineBudget _strangers = new(linesAMinute: 60, clock);
    private readonly LineBudget _callers = new(linesAMinute: 600, clock);
    private readonly LineBudget _faults = new(linesAMinute: 300, clock);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (context.Features.Get<AnsweredProblem>() is { } problem) Log(context, problem);
        }
    }

    private void Log(HttpContext context, AnsweredProblem problem)
    {
        var caller = context.Features.Get<Caller>();
        var isFault = problem.Status >= StatusCodes.Status500InternalServerError;
        var budget = isFault ? _faults : caller is null ? _strangers : _callers;
        if (!budget.MayWrite(out var leftOut)) return;
        if (leftOut > 0) LogLeftOut(logger, leftOut);
        // The route, not the path: a path is the client's text. The handler of exceptions takes the endpoint away.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? Nowhere;
        var (level, method) = (isFault ? LogLevel.Warning : LogLevel.Information, MethodOf(context.Request));
        LogAnswered(logger, level, problem.Status, problem.Code, method, route, caller?.Id ?? "nobody");
    }

    /// <summary>The method if it is a usual one, because a client may call its method anything.</summary>
    private static string MethodOf(HttpRequest request) =>
        request.Method is "GET" or "POST" or "PATCH" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" ? request.Method : "another method";

    [LoggerMessage(EventName = "problem.answered", Message = "{Status} {Code} to {Method} {Route} of {CallerId}")]
    private static partial void LogAnswered(
        ILogger logger, LogLevel level, int status, string code, string method, string route, string callerId);

    [LoggerMessage(
        EventName = "problem.not_logged",
        Level = LogLevel.Information,
        Message = "{Count} problems like the next one were answered without a line of their own")]
    private static partial void LogLeftOut(ILogger logger, int count);

    /// <summary>Runs behind <see cref="RequestId"/> and in front of all that answers.</summary>
    internal sealed class InFront : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app => next(app.UseMiddleware<ProblemLog>());
    }
}
