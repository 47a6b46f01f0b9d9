using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Tests.Shared;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>The inbox in a real browser, on the product as it ships. Each test has an account and customers of its own.</summary>
public sealed partial class InboxTests : IClassFixture<StandaloneProduct>, IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly StandaloneProduct _product;
    private readonly Chromium _chromium;
    private Shop? _shop;

    public InboxTests(StandaloneProduct product, Chromium chromium)
    {
        (_product, _chromium) = (product, chromium);
        SetDefaultExpectTimeout((float)Patience.Long.TotalMilliseconds);
    }

    private Shop Shop => _shop ?? throw new InvalidOperationException("The test has not begun.");

    public async ValueTask InitializeAsync() => _shop = await Shop.OpenAsync(_product);

    public async ValueTask DisposeAsync()
    {
        if (_shop is not null) await _shop.DisposeAsync();
    }

    [Fact]
    public async Task Who_signs_in_sees_the_conversations_and_who_signs_out_leaves_nothing_behind()
    {
        var mara = await WriterAsync("mara.knits", "Is the blue one back?");
        await using var inbox = await _chromium.OpenAsync(_product, List, signedIn: false);

        await inbox.SignInAsync("admin", "wrong");
        await Expect(inbox.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("wrong");
        await inbox.SignInAsync(ProductBase.Username, ProductBase.Password);
        await inbox.OpenThreadAsync(mara.Username);
        await inbox.Field.FillAsync("a secret draft");

        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "You" }).ClickAsync();
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Expect(inbox.Page.GetByLabel("Password")).ToBeVisibleAsync();
        (await inbox.Page.EvaluateAsync<string>("JSON.stringify({ ...localStorage, ...sessionStorage })")).ShouldNotContain("secret");
        (await inbox.Context.CookiesAsync()).ShouldBeEmpty();
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task What_a_customer_writes_is_there_at_once_and_an_answer_reaches_them_once_however_often_Enter_is_pressed()
    {
        var mara = await WriterAsync("mara.knits", "Is the blue one back?");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("Is the blue one back?")).ToBeVisibleAsync();

        await mara.SayAsync("And in green?");
        await Expect(inbox.Message("And in green?")).ToBeVisibleAsync();
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("And in green?");
        // A screen reader is told what is new, and not the history.
        await Expect(inbox.Page.Locator("[aria-live=polite]")).ToHaveTextAsync($"{mara.Username}: And in green?");
        await Expect(inbox.Log).ToHaveAttributeAsync("aria-live", "off");

        await inbox.Field.FillAsync("Both are here.");
        for (var press = 0; press < 5; press++) await inbox.Field.PressAsync("Enter");

        await Expect(inbox.Message("Both are here.")).ToContainTextAsync("sent");
        await Expect(inbox.Message("Both are here.")).ToHaveCountAsync(1);
        await Expect(inbox.Field).ToHaveValueAsync("");
        Heard(mara).ShouldBe(["Both are here."]);
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task Words_of_a_customer_are_words_whatever_they_look_like()
    {
        const string Text = "<img src=x onerror=\"document.title='owned'\"> javascript:alert(1) https://shop.example/a";
        var mallory = await WriterAsync("mallory", Text);
        await using var inbox = await _chromium.OpenAsync(_product, List);

        await inbox.OpenThreadAsync(mallory.Username);

        await Expect(inbox.Message("onerror")).ToContainTextAsync(Text);
        (await inbox.Message("onerror").GetByRole(AriaRole.Link).AllInnerTextsAsync()).ShouldBe(["https://shop.example/a"]);
        (await inbox.Page.TitleAsync()).ShouldNotBe("owned");
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task A_draft_stays_with_its_customer_and_survives_a_reload()
    {
        var (mara, jo) = (await WriterAsync("mara.knits", "Hello!"), await WriterAsync("jo_bakes", "Hi!"));
        await using var inbox = await _chromium.OpenAsync(_product, List);

        await inbox.OpenThreadAsync(mara.Username);
        await inbox.Field.FillAsync("only for Mara");
        await inbox.OpenThreadAsync(jo.Username);
        await Expect(inbox.Field).ToHaveValueAsync("");
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("Draft: only for Mara");
        foreach (var name in (string[])[mara.Username, jo.Username, mara.Username, jo.Username])
            await inbox.Row(name).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(inbox.Field).ToHaveValueAsync("");
        await inbox.Page.ReloadAsync();
        await inbox.OpenThreadAsync(mara.Username);

        await Expect(inbox.Field).ToHaveValueAsync("only for Mara");
        Heard(jo).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_sent_without_a_network_waits_and_goes_once()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);

        await inbox.Context.SetOfflineAsync(true);
        await inbox.Field.FillAsync("from the train");
        await inbox.Field.PressAsync("Enter");
        await Expect(inbox.Message("from the train")).ToContainTextAsync("sending");
        await Expect(inbox.Page.GetByText("Offline · 1 waiting")).ToBeVisibleAsync();
        Heard(mara).ShouldBeEmpty();

        // The page is loaded anew before it could go.
        await inbox.Context.RouteAsync("**/api/v1/messages/send", route => route.AbortAsync());
        await inbox.Context.SetOfflineAsync(false);
        await inbox.Page.ReloadAsync();
        await Expect(inbox.Message("from the train")).ToContainTextAsync("sending");
        Heard(mara).ShouldBeEmpty();
        await inbox.Context.UnrouteAllAsync();
        await Expect(inbox.Message("from the train")).ToContainTextAsync("sent");
        Heard(mara).ShouldBe(["from the train"]);
    }

    [Fact]
    public async Task A_session_that_ends_loses_nothing_that_was_written()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List, signedIn: false);
        await inbox.SignInAsync(ProductBase.Username, ProductBase.Password);
        await inbox.OpenThreadAsync(mara.Username);
        await inbox.Field.FillAsync("written before it ended");
        await inbox.Page.EvaluateAsync("fetch('/ui/session', { method: 'DELETE' })");

        await inbox.Field.PressAsync("Enter");
        await Expect(inbox.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("sign in again");
        Heard(mara).ShouldBeEmpty();
        await inbox.SignInAsync(ProductBase.Username, ProductBase.Password);

        await Expect(inbox.Message("written before it ended")).ToContainTextAsync("sent");
        Heard(mara).ShouldBe(["written before it ended"]);
    }

    [Fact]
    public async Task Whoever_reads_further_up_stays_there_and_is_told_how_many_are_new()
    {
        var (jo, mara) = (await WriterAsync("jo_bakes", "Hi!"), await WriterAsync("mara.knits", "The first."));
        for (var n = 0; n < 40; n++) await mara.SayAsync($"Line {n} of a long story that has a beginning and an end.");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("Line 39 ");
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Log.GetByText("41 new")).ToBeInViewportAsync();
        var toEnd = inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Newest" });
        await toEnd.ClickAsync();
        await Expect(inbox.Message("Line 39 ")).ToBeInViewportAsync();
        await Expect(toEnd).ToBeHiddenAsync();
        await inbox.Log.HoverAsync();
        await inbox.Page.Mouse.WheelAsync(0, -900);
        await toEnd.WaitForAsync();
        var read = inbox.Log.GetByRole(AriaRole.Article).Filter(new() { HasText = "Line 2" }).First;
        var before = await SettledAsync(read);

        await BulkAsync([jo], 20, "Elsewhere");
        await Expect(inbox.Row(jo.Username)).ToContainTextAsync("Elsewhere, 19.");
        for (var n = 0; n < 3; n++) await mara.SayAsync($"News {n}");
        await Expect(inbox.Page.GetByRole(AriaRole.Button, new() { Name = "3 new" })).ToBeVisibleAsync();

        (await SettledAsync(read)).ShouldBe(before);
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "3 new" }).ClickAsync();
        await Expect(inbox.Message("News 2")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task An_answer_of_a_colleague_is_told_before_a_second_one_goes()
    {
        var mara = await WriterAsync("mara.knits", "How late are you open?");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        await inbox.Field.FillAsync("Till six.");
        (await Shop.SendAsync(mara, "Till seven!")).Expect(200);
        await Expect(inbox.Message("Till seven!")).ToBeVisibleAsync();

        await inbox.Field.PressAsync("Enter");

        await Expect(inbox.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("has answered meanwhile: Till seven!");
        Heard(mara).ShouldBe(["Till seven!"]);
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Send anyway" }).ClickAsync();
        await Expect(inbox.Message("Till six.")).ToContainTextAsync("sent");
        Heard(mara).ShouldBe(["Till seven!", "Till six."]);
    }

    [Fact]
    public async Task An_input_method_confirms_its_word_with_Enter_and_sends_nothing()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        await inbox.Field.ClickAsync();
        var devTools = await inbox.Context.NewCDPSessionAsync(inbox.Page);
        await devTools.SendAsync("Input.imeSetComposition", new() { ["text"] = "にほん", ["selectionStart"] = 3, ["selectionEnd"] = 3 });

        await inbox.Field.DispatchEventAsync("keydown", new { key = "Enter", keyCode = 229, isComposing = true, bubbles = true });
        await devTools.SendAsync("Input.insertText", new() { ["text"] = "日本" });
        await Expect(inbox.Field).ToHaveValueAsync("日本");
        Heard(mara).ShouldBeEmpty();

        await inbox.Field.PressAsync("Enter");
        await Expect(inbox.Message("日本")).ToContainTextAsync("sent");
    }

    private string List => $"/inbox?queue=all&account={Shop.AccountId}";

    private async Task<Customer> WriterAsync(string username, string text)
    {
        var customer = Shop.NewCustomer();
        customer.Username = $"{username}{customer.Igsid[^4..]}";
        await Shop.ReceivedAsync(await customer.SayAsync(text));
        await Shop.Events.WaitForAsync(
            tapped => tapped.Event.Text("type") == "contact.updated" && tapped.Event.Text("data.contact.username") == customer.Username);
        return customer;
    }

    /// <summary>What the customer got from the business.</summary>
    private static string[] Heard(Customer customer) =>
        [.. customer.Messages.Where(message => !message.FromCustomer).Select(message => message.Text!)];

    /// <summary>Where something stands once it moves no more.</summary>
    private static async Task<float> SettledAsync(ILocator locator)
    {
        for (var look = 0; look < 1_000; look++)
        {
            var place = (await locator.BoundingBoxAsync())!.Y;
            await locator.Page.EvaluateAsync("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))");
            if (Math.Abs((await locator.BoundingBoxAsync())!.Y - place) <= 0.5) return place;
        }

        throw new TimeoutException("It never stands still.");
    }
}
