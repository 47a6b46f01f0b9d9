using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>Answers a call as its fault says.</summary>
internal static class FaultAnswer
{
    public static async Task FailAsync(this GraphContext call, Fault fault)
    {
        call.AddUsage(fault);
        switch (fault.Kind)
        {
            case FaultKind.Reset:
                call.Abort();
                break;
            case FaultKind.Hang:
                await HangAsync(call);
                break;
            case FaultKind.Garbage:
                call.Http.Response.ContentType = "text/html";
                await call.Http.Response.WriteAsync("<html><body>Sorry, something went wrong.</body></html>");
                break;
            case FaultKind.Error when fault.Code is { } code:
                var message = fault.Message ?? GraphError.MessageFor(code);
                await call.RefuseAsync(new(fault.Status, code, fault.Subcode, message, fault.Transient));
                break;
            default:
                call.Http.Response.StatusCode = fault.Status;
                call.Http.Response.ContentType = "text/html";
                await call.Http.Response.WriteAsync($"<html><h1>{fault.Status}</h1></html>");
                break;
        }
    }

    private static async Task HangAsync(GraphContext call)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Http.RequestAborted, call.Meta.Stopping);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (over.Token.Register(ended.SetResult)) await ended.Task;
        call.Abort();
    }
}
