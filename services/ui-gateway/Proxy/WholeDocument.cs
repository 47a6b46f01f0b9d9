using System.Net;
using System.Text.Json;
using InstaMessenger.Hosting.ApiDocs;
using InstaMessenger.Hosting.Http;

namespace InstaMessenger.UiGateway.Proxy;

/// <summary>
/// The OpenAPI document of the whole product, of those of the services. It is merged when one of them has changed and never for a request;
/// of a service that is away it has what that said before. One that never said anything is missing, and the document says so.
/// </summary>
internal sealed partial class WholeDocument(IConfiguration configuration, TimeProvider clock, ILogger<WholeDocument> logger) : IDisposable
{
    /// <summary>The services that have calls of the API.</summary>
    private static readonly string[] Services = ["Store", "Sender", "CrmForwarder"];

    /// <summary>What is whole is looked at again after this long, when somebody asks.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <summary>What lacks a service is looked at again sooner.</summary>
    private static readonly TimeSpan FreshInPart = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        Timeout = Patience, MaxResponseContentBufferSize = 4 * 1024 * 1024,
    };

    private readonly Dictionary<string, Part> _parts = [];
    private readonly Lock _gate = new();
    private Task _look = Task.CompletedTask;
    private long? _lookedAt;
    private WrittenDocument? _known;

    public static void Add(IServiceCollection services) => services.AddSingleton<WholeDocument>();

    public static async Task HandleAsync(HttpContext context, WholeDocument document)
    {
        if (await document.GetAsync(context.RequestAborted) is { } known) await known.AnswerAsync(context);
        else await Problems.Of(
            StatusCodes.Status503ServiceUnavailable, "document_unavailable", "No service could be asked what it answers. Try again.")
            .ExecuteAsync(context);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Returns what is known; callers wait only for the first look of the process.</summary>
    private async Task<WrittenDocument?> GetAsync(CancellationToken cancellationToken)
    {
        Task look;
        lock (_gate)
        {
            if (_look.IsCompleted && IsOld())
            {
                _lookedAt = clock.GetTimestamp();
                _look = Task.Run(LookAsync, CancellationToken.None);
            }

            look = _look;
        }

        if (Volatile.Read(ref _known) is null) await look.WaitAsync(cancellationToken);
        return Volatile.Read(ref _known);
    }

    private bool IsOld() => _lookedAt is not { } at
        || clock.GetElapsedTime(at) >= (_parts.Count == Services.Length ? Fresh : FreshInPart);

    /// <summary>Asks every service what has changed. Only one look is under way.</summary>
    private async Task LookAsync()
    {
        var addresses = ServiceAddresses.Read(configuration).ToDictionary(service => service.Service, service => service.Addresses);
        var found = await Task.WhenAll(Services.Select(async service => (service, Part: await AskAsync(service, addresses[service]))));
        var changed = false;
        foreach (var (service, part) in found)
        {
            if (part is null) continue;
            changed |= !_parts.TryGetValue(service, out var before) || before.ETag != part.ETag;
            _parts[service] = part;
        }

        List<string> missing = [.. Services.Where(service => !_parts.ContainsKey(service))];
        if (missing.Count > 0) LogMissing(logger, string.Join(", ", missing));
        if (changed) Volatile.Write(ref _known, new WrittenDocument(Merge(missing)));
    }

    private byte[] Merge(List<string> missing)
    {
        var whole = MergedDocument.Of([.. Services.Where(_parts.ContainsKey).Select(service => _parts[service].Json)]);
        if (missing.Count == 0) return whole;
        var said = $"It lacks what {string.Join(" and ", missing)} answers, which could not be asked yet: read it again.";
        return MergedDocument.With(whole, said);
    }

    /// <summary>Asks the processes of a service, one after another; null when none of them answers.</summary>
    private async Task<Part?> AskAsync(string service, IReadOnlyList<Uri> addresses)
    {
        var known = _parts.GetValueOrDefault(service);
        foreach (var address in addresses)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, ApiDocSetup.Path));
                if (known is not null) request.Headers.TryAddWithoutValidation("If-None-Match", known.ETag);
                using var answer = await _http.SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.NotModified) return known;
                if (answer.StatusCode != HttpStatusCode.OK) continue;
                var json = await answer.Content.ReadAsByteArrayAsync();
                // Read once now: what cannot be merged is no document.
                return new Part(MergedDocument.Of([json]), answer.Headers.ETag?.ToString() ?? "");
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException
                or JsonException or InvalidOperationException or ArgumentException)
            {
                // The next process may answer; when none does, what is known stays.
            }
        }

        return null;
    }

    [LoggerMessage(
        EventName = "document.incomplete",
        Level = LogLevel.Warning,
        Message = "The OpenAPI document lacks what {Services} answers: it could not be asked")]
    private static partial void LogMissing(ILogger logger, string services);

    private sealed record Part(byte[] Json, string ETag);
}
