namespace InstaMessenger.Store.Events;

/// <summary>
/// Says with an answer how far the event log had come before it was read: header <c>Event-Sequence</c>. A client that opens the stream,
/// reads a list and then applies what comes above this sequence misses nothing and applies nothing that the list did not have.
/// </summary>
internal sealed class EventHead(EventPages pages) : IEndpointFilter
{
    public const string Header = "Event-Sequence";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var call = context.HttpContext;
        // Before the answer is read, so that everything up to here is in it.
        if (HttpMethods.IsGet(call.Request.Method))
            call.Response.Headers[Header] = $"{await pages.HeadAsync(call.RequestAborted)}";
        return await next(context);
    }
}
