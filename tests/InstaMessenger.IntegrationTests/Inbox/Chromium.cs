using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.Shared;
using Microsoft.Playwright;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>Debian's Chromium, or Chrome, started once for a test class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private IBrowser Browser => _browser ?? throw new InvalidOperationException("The browser is not started.");

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            // The shell has no window to draw, which is half the work of a page here.
            ExecutablePath = Array.Find(
                ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"], File.Exists),
            // Tests run as root in containers, where Chromium cannot make a sandbox.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A browser with nothing in it; signed in as the first admin unless told otherwise.</summary>
    internal async Task<InboxPage> OpenAsync(IProduct product, string path, BrowserNewContextOptions? options = null, bool signedIn = true)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = product.Door.ToString();
        options.Locale ??= "en-GB";
        var context = await Browser.NewContextAsync(options);
        context.SetDefaultTimeout((float)Patience.Long.TotalMilliseconds);
        if (signedIn)
            await context.AddCookiesAsync([new Cookie { Name = "im_session", Value = product.AdminToken, Url = product.Door.ToString() }]);
        var page = await InboxPage.OpenAsync(context, product.Door);
        await page.Page.GotoAsync(path);
        return page;
    }
}
