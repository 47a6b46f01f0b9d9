using System.Threading.RateLimiting;
using InstaMessenger.Hosting.Http;
using Microsoft.Extensions.Options;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>
/// Counts wrong credentials per address. The limit per credential alone would be none for who makes up a new one for each request,
/// and each costs a look-up.
/// </summary>
internal sealed class RefusedCredentials(RequestDelegate next, IOptions<RateLimitOptions> limits)
{
    private readonly PartitionedRateLimiter<HttpContext> _addresses =
        PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimits.OfAddress(ClientAddress.Of(context), limits.Value));

    public async Task InvokeAsync(HttpContext context)
    {
        if (Client.CredentialHash(context) is null)
        {
            await next(context);
            return;
        }

        // Asking for none only looks whether there are any left.
        using (var lease = _addresses.AttemptAcquire(context, 0))
        {
            if (!lease.IsAcquired)
            {
                await RateLimits.RefuseAsync(context, lease);
                return;
            }
        }

        await next(context);
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized) _addresses.AttemptAcquire(context).Dispose();
    }
}
