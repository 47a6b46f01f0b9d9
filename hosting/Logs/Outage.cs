using System.Net.Sockets;
using System.Reflection;
using RabbitMQ.Client.Exceptions;

namespace InstaMessenger.Hosting.Logs;

/// <summary>
/// Recognises errors which say that something outside of this process is away: a broker, a database, a CRM, another service. Their stack
/// traces tell nobody more.
/// </summary>
/// <param name="isKnown">Recognises the errors that the product itself knows to say so.</param>
internal sealed class Outage(Func<Exception, bool> isKnown)
{
    /// <summary>How many causes a line names: some libraries repeat the same sentence at each level.</summary>
    private const int MostCauses = 4;

    private static readonly Assembly BrokerClient = typeof(RabbitMQClientException).Assembly;

    /// <summary>Whether an error says that something is away.</summary>
    /// <param name="error">The error, or one that wraps it.</param>
    /// <returns>True for a time-out too: what does not answer is away.</returns>
    public bool Is(Exception error) => Causes(error).Any(IsOne) || isKnown(error);

    /// <summary>The error and its causes in one line, without places in the code.</summary>
    public static string Describe(Exception error) => string.Join(
        " <- ",
        Causes(error).DistinctBy(cause => cause.Message).TakeLast(MostCauses)
            .Select(cause => $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}"));

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (var cause = error; cause is not null; cause = Next(cause)) yield return cause;

        static Exception? Next(Exception cause) =>
            cause is AggregateException { InnerExceptions: [var first, ..] } ? first : cause.InnerException;
    }

    /// <summary>
    /// A time-out of ours comes as a cancellation. A call of the broker's client that is under way when its connection breaks finds the
    /// locks of its channel disposed, and throws that.
    /// </summary>
    private static bool IsOne(Exception cause) => cause
        is SocketException or HttpRequestException or HttpIOException or TimeoutException or OperationCanceledException
        or RabbitMQClientException or MassTransit.ConnectionException or MassTransit.TransportUnavailableException
        || (cause is ObjectDisposedException && cause.CameOutOf(BrokerClient));
}
