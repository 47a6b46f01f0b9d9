using System.Collections.Concurrent;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// Customers who write and are written to, each one message after another, as from one phone: the next webhook goes out once the one before
/// was answered 200, and the next send once the one before was taken. So what a contact's order is, is known. Each is repeated until it is
/// taken, as Meta and a careful client do.
/// </summary>
/// <param name="shop">Whose customers they are.</param>
/// <param name="customers">Who has written before, so that the response window is open.</param>
/// <param name="webhooksPerSecond">Of all together.</param>
/// <param name="sendsPerSecond">Of all together.</param>
internal sealed class Traffic(Shop shop, IReadOnlyList<Customer> customers, double webhooksPerSecond, double sendsPerSecond) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Customer, List<string>> _said = new();
    private readonly ConcurrentDictionary<Customer, List<string>> _sent = new();
    private readonly ConcurrentQueue<string> _notTaken = new();
    private readonly ConcurrentQueue<string> _refused = new();
    private Task _running = Task.CompletedTask;

    /// <summary>The texts that were acknowledged, in each customer's order.</summary>
    public IReadOnlyDictionary<Customer, List<string>> Said => _said;

    /// <summary>The texts that the API took, in each customer's order.</summary>
    public IReadOnlyDictionary<Customer, List<string>> Sent => _sent;

    public int Webhooks => _said.Values.Sum(texts => texts.Count);

    public int Sends => _sent.Values.Sum(texts => texts.Count);

    /// <summary>What posts of webhooks were answered that were not taken.</summary>
    public IReadOnlyCollection<string> NotTaken => _notTaken;

    /// <summary>
    /// What calls of the API were answered that were not 2xx: sends with a key, each repeated until it is, and one read of each message.
    /// </summary>
    public IReadOnlyCollection<string> Refused => _refused;

    public static async Task<Traffic> OpenAsync(Shop shop, int customers, double webhooksPerSecond, double sendsPerSecond) =>
        new(shop, await shop.NewWritersAsync(customers), webhooksPerSecond, sendsPerSecond);

    public void Begin() =>
        _running = Task.WhenAll(customers.Select((customer, n) => Task.WhenAll(WriteAsync(customer, n), SendAsync(customer, n))));

    /// <summary>Ends it; returns when everything that was begun is taken.</summary>
    public async Task EndAsync(TimeSpan atMost)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(atMost, TimeProvider.System);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Text number <paramref name="i"/> of a customer; no other of the run is like it.</summary>
    private static string Text(string kind, Customer customer, int i) => $"{kind} {customer.Igsid} {i}";

    private async Task WriteAsync(Customer customer, int n)
    {
        var said = _said[customer] = [];
        await PacedAsync(webhooksPerSecond, n, async i =>
        {
            var (text, now) = (Text("in", customer, i), TimeProvider.System.GetUtcNow());
            var body = MetaPayloads.Bytes(MetaPayloads.Envelope(
                shop.InstagramId, now, MetaPayloads.Text(shop.InstagramId, customer.Igsid, $"m.{customer.Igsid}.{i}", text, now)));
            while (await shop.Meta.Webhooks.DeliverAsync(body) is { Delivered: false } refused)
            {
                _notTaken.Enqueue(refused.Status?.ToString() ?? refused.Error ?? "no answer");
                _notTaken.Count.ShouldBeLessThan(10_000, "webhooks are never taken again");
                await Task.Delay(Pause, TimeProvider.System);
            }

            said.Add(text);
        });
    }

    private async Task SendAsync(Customer customer, int n)
    {
        var sent = _sent[customer] = [];
        await PacedAsync(sendsPerSecond, n, async i =>
        {
            var text = Text("out", customer, i);
            var message = await shop.SendUntilTakenAsync(customer.Igsid, text, _refused.Enqueue);
            sent.Add(text);
            await shop.ReadAsync(message, _refused.Enqueue);
        });
    }

    /// <summary>Calls at its times, or at once when late; the customers are spread over the interval.</summary>
    private async Task PacedAsync(double perSecond, int n, Func<int, Task> act)
    {
        var (every, clock) = (TimeSpan.FromSeconds(customers.Count / perSecond), System.Diagnostics.Stopwatch.StartNew());
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var due = (every * i) + (every * n / customers.Count) - clock.Elapsed;
            if (due > TimeSpan.Zero) await Task.Delay(due, TimeProvider.System, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (!_stop.IsCancellationRequested) await act(i);
        }
    }
}
