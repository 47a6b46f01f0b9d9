using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>A tab with the inbox, and what went wrong in it.</summary>
internal sealed class InboxPage(IBrowserContext context, IPage page, Uri door) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();
    private int _streams;

    public IPage Page => page;

    public IBrowserContext Context => context;

    /// <summary>How many live streams the tab has opened.</summary>
    public int Streams => Volatile.Read(ref _streams);

    public ILocator Field => page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Write to" });

    public ILocator Log => page.GetByRole(AriaRole.Log);

    public static async Task<InboxPage> OpenAsync(IBrowserContext context, Uri door)
    {
        var tab = new InboxPage(context, await context.NewPageAsync(), door);
        tab.Watch();
        return tab;
    }

    public ILocator Row(string name) => page.GetByRole(AriaRole.Listitem).Filter(new LocatorFilterOptions { HasText = name });

    public ILocator Queue(string name) => page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Queues" })
        .GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = name });

    /// <summary>A message of the open thread.</summary>
    public ILocator Message(string text) => Log.GetByRole(AriaRole.Article).Filter(new LocatorFilterOptions { HasText = text });

    public async Task OpenThreadAsync(string name)
    {
        await Row(name).GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name, Level = 2 }).WaitForAsync();
    }

    public async Task SignInAsync(string username, string password)
    {
        await page.GetByLabel("Username").FillAsync(username);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Makes the tab as one that lies behind another: it is told so, and paints nothing until it is shown.</summary>
    public Task HideAsync() => page.EvaluateAsync(
        """
        () => {
          const paint = window.requestAnimationFrame
          const waiting = []
          window.requestAnimationFrame = (then) => waiting.push(then)
          const tell = (state) => {
            Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
            Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' })
            document.dispatchEvent(new Event('visibilitychange'))
          }
          window.showAgain = () => {
            window.requestAnimationFrame = paint
            tell('visible')
            waiting.forEach((then) => paint(then))
          }
          tell('hidden')
        }
        """);

    public Task ShowAsync() => page.EvaluateAsync("window.showAgain()");

    /// <summary>Everything that the rules of WCAG 2.2 AA find wrong, in words.</summary>
    public async Task<IReadOnlyList<string>> AxeAsync()
    {
        var result = await page.RunAxe();
        return [.. result.Violations.SelectMany(rule => rule.Nodes.Select(node => $"{rule.Id}: {node.Html} ({rule.Help})"))];
    }

    /// <summary>No script failed, the policy stopped nothing, and nobody but the product was asked for anything.</summary>
    public void ShouldBeClean() => _faults.ShouldBeEmpty();

    public ValueTask DisposeAsync() => context.DisposeAsync();

    private void Watch()
    {
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Console += (_, line) =>
        {
            // That somebody is not signed in, or a line is cut, is told by the browser as an error of the page's.
            if (line.Type is "error" && !line.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _faults.Enqueue(line.Text);
        };
        page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.AbsolutePath == "/api/v1/events/stream") Interlocked.Increment(ref _streams);
            if (address.Scheme is "http" or "https" && address.Authority != door.Authority) _faults.Enqueue($"It asked {address}.");
        };
    }
}
