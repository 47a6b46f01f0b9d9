using System.Net;

namespace InstaMessenger.Sender.Graph;

/// <summary>
/// Knows whether a request's body began to be written, and so on which side of the call a failure lies. Before: Meta cannot have
/// executed a POST whose body never left, so it may be tried again. After: it may have, and only an echo or a person can tell.
/// </summary>
/// <param name="clock">The time of day.</param>
/// <param name="startBy">After this no body begins (UTC).</param>
internal sealed class RequestWatch(TimeProvider clock, DateTimeOffset startBy)
{
    public const string Key = "InstaMessenger.RequestWatch";

    /// <summary>False is certain; true means that any part of the body, or all of it, may have left.</summary>
    public bool BodyBegan { get; private set; }

    /// <summary>Whether the body did not begin because it was too late.</summary>
    public bool CameTooLate { get; private set; }

    /// <summary>
    /// Looks one last time before the first byte; headers and body leave together, after this. A freeze between here and the write is the
    /// one that nothing can see, and it has only some microseconds of code to happen in.
    /// </summary>
    private void Begin()
    {
        if (BodyBegan) throw new InvalidOperationException("A send must not be written twice.");
        CameTooLate = clock.GetUtcNow() > startBy;
        if (CameTooLate) throw new InvalidOperationException("It is too late for this send.");
        BodyBegan = true;
    }

    /// <summary>Wraps the content of each request that carries a watch.</summary>
    /// <remarks>
    /// The innermost handler of our own. Below it <see cref="SocketsHttpHandler"/> may try a request again on another connection, but only
    /// when the pooled connection was found closed before the body began to be written; after that it gives the failure to us. The
    /// content refuses a second writing all the same, so that no change of handler can ever make one send two.
    /// </remarks>
    internal sealed class Handler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is { } content && request.Options.TryGetValue(new HttpRequestOptionsKey<object>(Key), out var value)
                && value is RequestWatch watch)
            {
                // Buffered first, so that a body that cannot be serialized fails before the watch says that it left.
                await content.LoadIntoBufferAsync(cancellationToken);
                request.Content = new WatchedContent(content, watch);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class WatchedContent : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly RequestWatch _watch;

        public WatchedContent(HttpContent inner, RequestWatch watch)
        {
            (_inner, _watch) = (inner, watch);
            foreach (var (name, values) in inner.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            _watch.Begin();
            return _inner.CopyToAsync(stream, context, cancellationToken);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override bool TryComputeLength(out long length)
        {
            length = _inner.Headers.ContentLength ?? -1;
            return length >= 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
