using MassTransit;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Tells the lane of every delivery that is over, even one that no consumer ever saw, such as a body that cannot be read.
/// </summary>
internal sealed class LeaveFilter(BusSubscription subscription) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        try
        {
            await next.Send(context);
        }
        finally
        {
            subscription.Leave(context);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("lane");
}
