using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Tests.Shared;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>Pictures, files, stories and windows; and what becomes of the page when something of it is gone.</summary>
public sealed partial class InboxTests
{
    [Fact]
    public async Task How_a_customer_stands_to_the_business_is_beside_the_thread_and_what_Instagram_does_not_tell_is_not()
    {
        var (mara, jo) = (Shop.NewCustomer(), Shop.NewCustomer());
        (mara.Followers, mara.FollowsBusiness, mara.FollowedByBusiness, mara.IsVerified) = (1_234_567, true, false, true);
        jo.Profile = ProfileAccess.NoConsent;
        await Shop.ReceivedAsync(await mara.SayAsync("Hello!"));
        await Shop.ReceivedAsync(await jo.SayAsync("Hi!"));
        await Shop.Events.WaitForAsync("contact.updated", "data.contact.username", mara.Username);
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);

        var panel = inbox.Page.GetByRole(AriaRole.Complementary, new() { Name = "Contact" });
        await Expect(panel).ToContainTextAsync("Followers1,234,567");
        await Expect(panel).ToContainTextAsync("Follows usyes");
        await Expect(panel).ToContainTextAsync("We follow themno");
        await Expect(panel.GetByRole(AriaRole.Img, new() { Name = "Verified" })).ToBeVisibleAsync();

        await inbox.Row("Hi!").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(panel).ToContainTextAsync(jo.Igsid);
        await Expect(panel).Not.ToContainTextAsync("Followers");
        await Expect(panel.GetByRole(AriaRole.Img, new() { Name = "Verified" })).ToHaveCountAsync(0);
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task Pictures_that_come_late_move_nothing()
    {
        var mara = await WriterAsync("mara.knits", "Look:");
        for (var n = 0; n < 4; n++)
        {
            var name = $"late{mara.Igsid}{n}.jpg";
            Shop.Meta.Cdn.Put(name, MediaSamples.Jpeg(320 + (n * 40), 240 + (n * 90)));
            await Shop.ReceivedAsync(await mara.ShowAsync("image", new Uri(_product.Simulator.BaseAddress, "cdn/" + name).ToString()));
        }

        await Shop.ReceivedAsync(await mara.SayAsync("That was it."));
        // It opens at its end, and not at what is unread.
        (await Shop.Api.PostAsync($"/ui/conversations/{await IdOfAsync(mara)}/read")).Status.ShouldBe(204);
        await using var inbox = await _chromium.OpenAsync(_product, List);
        var there = new TaskCompletionSource();
        await inbox.Context.RouteAsync("**/media/attachments/**", async route =>
        {
            await there.Task;
            await route.ContinueAsync();
        });
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("That was it.")).ToBeInViewportAsync();
        var last = await SettledAsync(inbox.Message("That was it."));
        await inbox.Page.EvaluateAsync(
            """
            () => {
              window.shift = 0
              const add = (list) => list.getEntries().forEach((one) => (window.shift += one.value))
              new PerformanceObserver(add).observe({ type: 'layout-shift' })
            }
            """);

        there.SetResult();
        await Until.TrueAsync(
            () => inbox.Page.EvaluateAsync<bool>(
                "[...document.querySelectorAll('[role=log] img')].some((one) => one.complete && one.naturalWidth > 0)"),
            Patience.Long,
            () => "no picture came");

        (await SettledAsync(inbox.Message("That was it."))).ShouldBe(last);
        (await inbox.Page.EvaluateAsync<double>("window.shift")).ShouldBe(0);
        inbox.ShouldBeClean();
    }

    [Theory]
    [InlineData(320, 640, 1)]
    [InlineData(640, 400, 2)]
    public async Task Nothing_is_wider_than_a_narrow_window_or_one_at_200_percent(int width, int height, int scale)
    {
        var mara = await WriterAsync("mara.knits", "https://shop.example/" + new string('x', 2_000));
        await Shop.ReceivedAsync(await mara.SayAsync("مرحبا — hello — 你好"));
        var options = new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height }, DeviceScaleFactor = scale,
        };
        await using var inbox = await _chromium.OpenAsync(_product, List, options);

        await Expect(inbox.Row(mara.Username)).ToBeVisibleAsync();
        await NoWiderAsync("the list");
        await inbox.OpenThreadAsync(mara.Username);
        await inbox.Field.FillAsync(new string('y', 900));
        await Expect(inbox.Field).ToBeInViewportAsync();
        await NoWiderAsync("the thread");
        // Each message by its own first letters. A low window has room for one of the two.
        const string Direction = "(one) => getComputedStyle(one).direction";
        (await inbox.Message("shop.example").GetByText("shop.example").First.EvaluateAsync<string>(Direction)).ShouldBe("ltr");
        await inbox.Log.EvaluateAsync("(log) => log.scrollTo(0, log.scrollHeight)");
        (await inbox.Message("مرحبا").GetByText("مرحبا").EvaluateAsync<string>(Direction)).ShouldBe("rtl");
        var emoji = inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Emoji" });
        // A phone has its own.
        if (await emoji.IsVisibleAsync()) await emoji.ClickAsync();
        await NoWiderAsync("the emoji");
        inbox.ShouldBeClean();

        async Task NoWiderAsync(string what) => (await inbox.Page.EvaluateAsync<string[]>(
            """
            [document.documentElement, ...document.querySelectorAll('[role=log], [role=list], form, main')]
              .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${one.tagName} ${one.className}`)
            """)).ShouldBeEmpty(what);
    }

    /// <summary>The page computes no window: it shows what the server says, in words.</summary>
    [Theory]
    [InlineData(1, false, "", true)]
    [InlineData(21, false, "window", true)]
    [InlineData(30, true, "people", true)]
    [InlineData(30, false, "window", false)]
    [InlineData(200, true, "window", false)]
    public async Task Each_state_of_the_response_window_says_what_can_be_done(int hours, bool humanAgent, string words, bool canWrite)
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        (await Shop.Api.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/accounts/{Shop.AccountId}",
            System.Net.Http.Json.JsonContent.Create(new { human_agent = humanAgent }))).Expect(200);
        await InboxSeed.AgeAsync(_product, await IdOfAsync(mara), TimeSpan.FromHours(hours));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        var window = (await Shop.ConversationAsync(mara)).Text("window.state");

        window.ShouldBe(canWrite ? words == "people" ? "human_agent" : "open" : "closed");
        var line = inbox.Page.Locator("#window-line");
        if (words.Length == 0) await Expect(line).ToHaveCountAsync(0);
        else await Expect(line).Not.ToBeEmptyAsync();
        if (canWrite) await Expect(inbox.Field).ToBeEnabledAsync();
        else await Expect(inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task Two_people_at_one_conversation_see_each_other()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        var (name, password) = ($"ana{mara.Igsid}", "a long password of an agent");
        var admin = new ApiClient(_product.Door, _product.AdminToken);
        var user = (await admin.PostAsync("/api/v1/users", new { username = name, password, role = "agent" })).Expect(201);
        (await admin.PostAsync($"/api/v1/users/{user.Text("id")}/accounts", new { account_ids = new[] { Shop.AccountId } })).Expect(200);
        await using var mine = await _chromium.OpenAsync(_product, List);
        await mine.OpenThreadAsync(mara.Username);
        await using var hers = await _chromium.OpenAsync(_product, List, signedIn: false);
        await hers.SignInAsync(name, password);

        // The same numbers for everybody, in every tab.
        var tab = await InboxPage.OpenAsync(mine.Context, _product.Door);
        await tab.Page.GotoAsync(List);
        InboxPage[] all = [mine, tab, hers];
        foreach (var page in all) await Expect(page.Queue("Needs reply")).ToHaveTextAsync("Needs reply 1");

        await hers.OpenThreadAsync(mara.Username);
        await Expect(mine.Page.GetByText($"{name} is viewing").Filter(new() { Visible = true })).ToBeVisibleAsync();
        await hers.Field.PressSequentiallyAsync("Hi");
        await Expect(mine.Page.GetByText($"{name} is writing").Filter(new() { Visible = true })).ToBeVisibleAsync();
        await hers.Field.PressAsync("Enter");
        await Expect(mine.Message("Hi")).ToContainTextAsync("sent");

        Heard(mara).ShouldBe(["Hi"]);
        foreach (var page in all) await Expect(page.Queue("Needs reply")).ToHaveTextAsync("Needs reply");
    }

    [Fact]
    public async Task A_picture_that_is_gone_is_words_and_an_answer_to_a_story_says_which()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        var name = $"gone{mara.Igsid}.jpg";
        Shop.Meta.Cdn.Put(name, MediaSamples.Jpeg());
        await Shop.ReceivedAsync(await mara.ShowAsync("image", new Uri(_product.Simulator.BaseAddress, "cdn/" + name).ToString()));
        await Shop.ReceivedAsync(await mara.ReplyToStoryAsync(
            "I want that!", new Uri(_product.Simulator.BaseAddress, "cdn/none").ToString()));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.Context.RouteAsync("**/media/attachments/**", route => route.FulfillAsync(new() { Status = 404, Body = "" }));

        await inbox.OpenThreadAsync(mara.Username);

        await Expect(inbox.Message("I want that!")).ToContainTextAsync("Replied to your story");
        await Expect(inbox.Log.Locator("img")).ToHaveCountAsync(0);
        await Expect(inbox.Log).ToContainTextAsync("could not be");
    }

    /// <summary>After a deploy the parts that the page has not loaded are gone: it loads itself anew, once.</summary>
    [Fact]
    public async Task A_deploy_while_somebody_writes_loses_nothing()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        await inbox.Field.FillAsync("half a sent");
        var gone = 0;
        await inbox.Context.RouteAsync("**/assets/EmojiGrid*.js", async route =>
        {
            if (Interlocked.Increment(ref gone) == 1) await route.FulfillAsync(new() { Status = 404, Body = "" });
            else await route.ContinueAsync();
        });

        var loaded = new TaskCompletionSource();
        inbox.Page.DOMContentLoaded += (_, _) => loaded.TrySetResult();
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Emoji" }).ClickAsync();

        await loaded.Task.WaitAsync(Patience.Long);
        await Expect(inbox.Field).ToHaveValueAsync("half a sent");
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Emoji" }).ClickAsync();
        await Expect(inbox.Page.GetByRole(AriaRole.Searchbox)).ToBeVisibleAsync();
    }
}
