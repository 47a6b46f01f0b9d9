using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Sender.Graph;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Publishing;

/// <summary>
/// Tries from here whether <c>Public:BaseUrl</c> leads to this installation, before Meta is told to fetch from it: Meta only says that it
/// could not. One small request, whose answer only an installation with our master key can give; what it found holds for a while.
/// </summary>
internal sealed class AddressTrial(
    PublicAddress address, IOptions<PublicOptions> options, IOptions<GraphOptions> graph, TimeProvider clock) : IDisposable
{
    /// <summary>How long a good trial holds.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    /// <summary>How long a bad one does: short, because whoever mends the address sends again at once.</summary>
    private static readonly TimeSpan BadFor = TimeSpan.FromSeconds(1);

    /// <summary>So many bad ones in a row are no moment's trouble, like a gateway that starts last.</summary>
    private const int Sure = 3;

    /// <summary>In real time: nothing is decided by it but that it is too long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Ours has 43 bytes.</summary>
    private const int MostAnswered = 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // Meta is told this address and no other; and what a proxy of this machine's network can reach says nothing.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private readonly SemaphoreSlim _turn = new(1);
    private Found? _found;

    /// <summary>What is wrong for sure; null for nothing, before the first trial, and for what may be over in a moment.</summary>
    public AddressFault? SureFault => _found is { Fault: { } fault, Times: var times } && (fault.IsCertain || times >= Sure) ? fault : null;

    /// <summary>Whether there is an address to try.</summary>
    public bool IsNeeded => address.IsSet && options.Value.CheckFromHere;

    /// <summary>Tries the address, unless that was done a moment ago.</summary>
    /// <returns>What is wrong; null when nothing is, or when it is not to be tried.</returns>
    public async Task<AddressFault?> FaultAsync(CancellationToken cancellationToken)
    {
        if (!IsNeeded) return null;
        if (Fresh() is { } known) return known.Fault;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } justFound) return justFound.Fault;
            var fault = await TryAsync(cancellationToken);
            _found = new Found(fault, clock.GetTimestamp(), fault is null ? 0 : (_found?.Times ?? 0) + 1);
            return fault;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private Found? Fresh() =>
        _found is { } found && clock.GetElapsedTime(found.At) < (found.Fault is null ? GoodFor : BadFor) ? found : null;

    private async Task<AddressFault?> TryAsync(CancellationToken cancellationToken)
    {
        var challenge = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var trial = address.Trial(challenge)!;
        if (graph.Value.GraphBaseUrl is null && trial.Scheme != Uri.UriSchemeHttps)
            return AddressFault.Wrong(trial, "it is not https, and Meta fetches from nowhere else.");
        if (graph.Value.GraphBaseUrl is null && trial.IsLoopback)
            return AddressFault.Wrong(trial, "it names the machine of whoever asks, and Meta is another one.");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Patience);
        try
        {
            using var answer = await _http.GetAsync(trial, HttpCompletionOption.ResponseHeadersRead, end.Token);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError)
                return AddressFault.Unreachable(trial, $"it answers {(int)answer.StatusCode}.");
            if (answer.StatusCode != HttpStatusCode.OK)
                return AddressFault.Wrong(trial, $"it answers {(int)answer.StatusCode} where this installation would answer 200.");
            await answer.Content.LoadIntoBufferAsync(MostAnswered, end.Token);
            // As bytes: somebody else's answer may name an encoding that is none here.
            var said = await answer.Content.ReadAsByteArrayAsync(end.Token);
            return said.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(address.Proof(challenge))) ? null : AnotherAnswers(trial);
        }
        catch (HttpRequestException error) when (error.InnerException is AuthenticationException)
        {
            return AddressFault.Wrong(trial, "its certificate is not valid for that name, or not trusted.");
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return AnotherAnswers(trial);
        }
        catch (Exception error) when (
            error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            var what = error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
                ? "its name is not known."
                : error is HttpRequestException ? "no connection comes about." : $"nothing comes within {Patience.TotalSeconds} s.";
            return AddressFault.Unreachable(trial, what);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing that this installation answers. Thrown on, it would leave the send claimed and nobody told.
            return AnotherAnswers(trial);
        }
    }

    private static AddressFault AnotherAnswers(Uri trial) => AddressFault.Wrong(trial, "somebody else answers there.");

    private sealed record Found(AddressFault? Fault, long At, int Times);
}
