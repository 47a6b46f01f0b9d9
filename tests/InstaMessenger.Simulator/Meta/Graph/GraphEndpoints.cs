using System.Text.RegularExpressions;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>
/// The Graph API at <c>/v26.0/…</c>, and again under <c>/graph.instagram.com</c> and <c>/graph.facebook.com</c>:
/// a base URL with such a prefix pins the host, so that a test sees which login type a call was made for.
/// </summary>
internal static partial class GraphEndpoints
{
    public static void MapGraph(this IEndpointRouteBuilder app, MetaStandIn meta)
    {
        MapHost(app, meta, "", null);
        MapHost(app, meta, "/graph.instagram.com", GraphHost.Instagram);
        MapHost(app, meta, "/graph.facebook.com", GraphHost.Facebook);
    }

    private static void MapHost(IEndpointRouteBuilder app, MetaStandIn meta, string prefix, GraphHost? host)
    {
        Map("POST", "{version}/{id}/messages", SendCall.HandleAsync);
        Map("GET", "refresh_access_token", Faulty(TokenCall.RefreshAsync));
        Map("GET", "{version}/refresh_access_token", Faulty(TokenCall.RefreshAsync));
        Map("POST", "{version}/{id}/subscribed_apps", Faulty(SubscriptionCall.AddAsync));
        Map("GET", "{version}/{id}/subscribed_apps", Faulty(SubscriptionCall.ListAsync));
        Map("DELETE", "{version}/{id}/subscribed_apps", Faulty(SubscriptionCall.RemoveAsync));
        Map("GET", "{version}/{id}/conversations", Faulty(ConversationCall.ListAsync));
        Map("GET", "{version}/{id}/messages", Faulty(ConversationCall.MessagesAsync));
        Map("GET", "{version}/{id}/messenger_profile", Faulty(ProfileCall.ShowAsync));
        Map("POST", "{version}/{id}/messenger_profile", Faulty(ProfileCall.WriteAsync));
        Map("DELETE", "{version}/{id}/messenger_profile", Faulty(ProfileCall.RemoveAsync));
        Map("GET", "{version}/{id}", Faulty(ObjectCall.HandleAsync));

        void Map(string method, string path, Func<GraphContext, Task> handle) =>
            app.MapMethods($"{prefix}/{path}", [method], http => RunAsync(new GraphContext(http, meta, host), handle));
    }

    private static async Task RunAsync(GraphContext call, Func<GraphContext, Task> handle)
    {
        var meta = call.Meta;
        var at = meta.Clock.GetUtcNow();
        var started = meta.Clock.GetTimestamp();
        try
        {
            var values = call.Http.Request.RouteValues;
            if (values["version"] is string version && !Version().IsMatch(version))
                call.Http.Response.StatusCode = StatusCodes.Status404NotFound;
            else if (call.Authenticate() is { } error)
                await call.RefuseAsync(error);
            else if (values["id"] is string id && id != "me" && call.Http.Request.Method == "POST" && !call.Account!.IsCalled(id))
                await call.RefuseAsync(GraphError.MissingObject(id));
            else
                await handle(call);
        }
        catch (OperationCanceledException) when (call.Http.RequestAborted.IsCancellationRequested || meta.Stopping.IsCancellationRequested)
        {
            call.Abort();
        }
        finally
        {
            int? status = call.Aborted ? null : call.Http.Response.StatusCode;
            meta.Calls.Add(new(at, call.Host, call.Http.Request.Method, call.Http.Request.Path, call.Account?.Id, status, call.Code,
                meta.Clock.GetElapsedTime(started).TotalMilliseconds));
        }
    }

    private static Func<GraphContext, Task> Faulty(Func<GraphContext, Task> handle) => async call =>
    {
        var faults = IsOfAccount(call.Http.Request) ? call.Meta.AccountFaults : call.Meta.OtherFaults;
        var fault = faults.Take(call.Account!.Id, call.Http.Request.Path);
        await call.Meta.DelayAsync(fault);
        if (fault is { Accepted: false, Kind: not FaultKind.Latency })
        {
            await call.FailAsync(fault);
            return;
        }
        if (fault is not null) call.AddUsage(fault);
        await handle(call);
    };

    private static bool IsOfAccount(HttpRequest request) =>
        request.Path.Value!.Split('/')[^1] is "me" or "subscribed_apps" or "refresh_access_token"
        || (request.Path.Value!.EndsWith("/conversations", StringComparison.Ordinal) && request.Query["limit"] == "1");

    [GeneratedRegex(@"^v\d+\.\d+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Version();
}
