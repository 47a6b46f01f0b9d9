using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>For everyone: both themes, a phone, a narrow window, right to left, by keyboard alone.</summary>
public sealed partial class InboxTests
{
    [Theory]
    [InlineData(ColorScheme.Light, 1440, "en-GB")]
    [InlineData(ColorScheme.Dark, 1440, "en-GB")]
    [InlineData(ColorScheme.Light, 320, "de-DE")]
    [InlineData(ColorScheme.Dark, 900, "ar")]
    public async Task Every_page_keeps_the_rules_of_WCAG_2_2_AA(ColorScheme theme, int width, string locale)
    {
        var mara = await WriterAsync("mara.knits", "Is the blue one back? هل لديكم لون أخضر أيضا؟");
        string[] kinds = ["story_reply", "product", "template", "like_heart", "postback", "referral", "is_unsupported", "edit"];
        foreach (var kind in kinds)
            await mara.PlayAsync(MetaEvent.Called(kind), EntryForm.Messaging, new Uri(_product.Simulator.BaseAddress, "cdn/").ToString());
        await mara.SayAsync("and a long one " + new string('x', 2_000));
        var options = new BrowserNewContextOptions
        {
            ColorScheme = theme, Locale = locale, ViewportSize = new ViewportSize { Width = width, Height = 700 },
        };
        await using var inbox = await _chromium.OpenAsync(_product, List, options, signedIn: false);
        await inbox.Page.Locator("#password").WaitForAsync();
        (await inbox.AxeAsync()).ShouldBeEmpty("the page on which one signs in");
        await inbox.Page.Locator("#username").FillAsync(ProductBase.Username);
        await inbox.Page.Locator("#password").FillAsync(ProductBase.Password);
        await inbox.Page.Keyboard.PressAsync("Enter");

        await Expect(inbox.Row(mara.Username)).ToBeVisibleAsync();
        (await inbox.AxeAsync()).ShouldBeEmpty("the list");
        await inbox.Row(mara.Username).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(inbox.Message("and a long one")).ToBeVisibleAsync();
        (await inbox.AxeAsync()).ShouldBeEmpty("the thread");
        (await inbox.Page.EvaluateAsync<bool>(
            "[document.documentElement, document.querySelector('[role=log]')].every((one) => one.scrollWidth <= one.clientWidth)"))
            .ShouldBeTrue("a word that is longer than the window");
        await inbox.Log.FocusAsync();
        await inbox.Page.Keyboard.PressAsync("?");
        await Expect(inbox.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        (await inbox.AxeAsync()).ShouldBeEmpty("the help");
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task A_customer_can_be_answered_by_keyboard_alone()
    {
        var (mara, jo) = (await WriterAsync("mara.knits", "Hello!"), await WriterAsync("jo_bakes", "Hi!"));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await Expect(inbox.Row(jo.Username)).ToBeVisibleAsync();

        // The newest is the first. The arrows move, Enter opens.
        await inbox.Row(jo.Username).GetByRole(AriaRole.Link).FocusAsync();
        await inbox.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(inbox.Row(mara.Username).GetByRole(AriaRole.Link)).ToBeFocusedAsync();
        await inbox.Page.Keyboard.PressAsync("Enter");
        await Expect(inbox.Field).ToBeFocusedAsync();
        await inbox.Page.Keyboard.TypeAsync("just a moment");
        await inbox.Page.Keyboard.PressAsync("Enter");
        await Expect(inbox.Message("just a moment")).ToContainTextAsync("sent");

        // The answered one is the newest now, and comes up once the hand has left the list; J goes to the next.
        await Expect(inbox.Page.GetByRole(AriaRole.Listitem).First).ToContainTextAsync(mara.Username);
        await inbox.Page.Keyboard.PressAsync("Escape");
        await inbox.Page.Keyboard.PressAsync("j");
        await inbox.Page.GetByRole(AriaRole.Heading, new() { Name = jo.Username, Level = 2 }).WaitForAsync();
        await inbox.Field.PressAsync("Control+Shift+E");
        await Expect(inbox.Page.GetByRole(AriaRole.Button, new() { Name = "😊" })).ToBeFocusedAsync();
        await inbox.Page.Keyboard.PressAsync("ArrowRight");
        await inbox.Page.Keyboard.PressAsync("Enter");
        await Expect(inbox.Field).ToHaveValueAsync("😀");
        await inbox.Page.Keyboard.PressAsync("Escape");
        await inbox.Page.Keyboard.PressAsync("[");
        await Expect(inbox.Row(mara.Username)).ToBeHiddenAsync();
        await inbox.Page.Keyboard.PressAsync("[");
        await Expect(inbox.Row(mara.Username)).ToBeVisibleAsync();
        await inbox.Page.Keyboard.PressAsync("]");
        await Expect(inbox.Page.GetByRole(AriaRole.Complementary)).ToBeHiddenAsync();
        await inbox.Page.Keyboard.PressAsync("]");
        await Expect(inbox.Page.GetByRole(AriaRole.Complementary)).ToBeVisibleAsync();
        await inbox.Page.Keyboard.PressAsync("Escape");
        await Expect(inbox.Page.GetByText("Choose a conversation.")).ToBeVisibleAsync();
        await inbox.Page.Keyboard.PressAsync("g");
        await inbox.Page.Keyboard.PressAsync("u");
        await Expect(inbox.Queue("Unread")).ToHaveAttributeAsync("aria-current", "true");
        Heard(mara).ShouldBe(["just a moment"]);
    }

    [Fact]
    public async Task On_a_phone_list_and_thread_are_pages_and_back_goes_back()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        var phone = new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true,
        };
        await using var inbox = await _chromium.OpenAsync(_product, List, phone);
        // Who came by a link, and typed no name, sees whose session it is.
        await Expect(inbox.Page.GetByRole(AriaRole.Button, new() { Name = "You", Exact = true })).ToContainTextAsync("A");

        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Row(mara.Username)).ToBeHiddenAsync();
        await inbox.Field.FillAsync("on my way");
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).TapAsync();
        await Expect(inbox.Message("on my way")).ToContainTextAsync("sent");

        // The keyboard of the phone comes up.
        await inbox.Page.SetViewportSizeAsync(390, 500);
        await Expect(inbox.Field).ToBeInViewportAsync();
        await Expect(inbox.Message("on my way")).ToBeInViewportAsync();
        (await inbox.Field.EvaluateAsync<double>("(field) => parseFloat(getComputedStyle(field).fontSize)"))
            .ShouldBeGreaterThanOrEqualTo(16, "a phone zooms into smaller ones");

        await inbox.Page.GoBackAsync();
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("You: on my way");
        inbox.ShouldBeClean();
    }
}
