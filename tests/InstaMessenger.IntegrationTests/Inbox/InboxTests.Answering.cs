using System.Globalization;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>What one answers quickly with: saved replies, the palette, files, messages far up, settings.</summary>
public sealed partial class InboxTests
{
    [Fact]
    public async Task A_saved_reply_goes_in_at_the_caret_filled_and_can_be_undone()
    {
        var mara = await WriterAsync("mara.knits", "How late are you open?");
        (await Shop.Api.PostAsync(
            "/api/v1/canned-replies",
            new { shortcut = "hours", text = "till seven, {{contact.username}}.", account_ids = new[] { Shop.AccountId } })).Expect(201);
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);

        await inbox.Field.ClickAsync();
        await inbox.Page.Keyboard.TypeAsync("We are here /seven");
        await Expect(inbox.Page.GetByRole(AriaRole.Listbox).GetByRole(AriaRole.Option)).ToContainTextAsync($"till seven, {mara.Username}.");
        (await inbox.AxeAsync()).ShouldBeEmpty("the saved replies");
        await inbox.Page.Keyboard.PressAsync("Enter");

        await Expect(inbox.Field).ToHaveValueAsync($"We are here till seven, {mara.Username}.");
        await inbox.Page.Keyboard.PressAsync("Control+z");
        await Expect(inbox.Field).ToHaveValueAsync("We are here /seven");
        Heard(mara).ShouldBeEmpty();
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task A_saved_reply_is_written_in_the_inbox_and_is_there_at_once()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);

        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Saved replies" }).ClickAsync();
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Write and change saved replies" }).ClickAsync();
        var dialog = inbox.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name, one word").FillAsync("thanks");
        await dialog.GetByLabel("Text", new() { Exact = true }).FillAsync("Thank you!");
        (await inbox.AxeAsync()).ShouldBeEmpty("the dialog of the saved replies");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Listitem)).ToContainTextAsync("/thanks");
        await inbox.Page.Keyboard.PressAsync("Escape");

        await inbox.Field.FillAsync("");
        await inbox.Field.PressSequentiallyAsync("/th");
        await inbox.Page.GetByRole(AriaRole.Listbox).GetByRole(AriaRole.Option).ClickAsync();
        await Expect(inbox.Field).ToHaveValueAsync("Thank you!");
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task The_palette_finds_a_person_and_opens_their_conversation()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await Expect(inbox.Row(mara.Username)).ToBeVisibleAsync();

        await inbox.Page.Keyboard.PressAsync("Control+k");
        await inbox.Page.GetByRole(AriaRole.Combobox, new() { Name = "Go to or do" }).FillAsync(mara.Username);
        await Expect(inbox.Page.GetByRole(AriaRole.Listbox).GetByRole(AriaRole.Option).First).ToContainTextAsync(mara.Username);
        (await inbox.AxeAsync()).ShouldBeEmpty("the palette");
        await inbox.Page.Keyboard.PressAsync("Enter");

        await inbox.Page.GetByRole(AriaRole.Heading, new() { Name = mara.Username, Level = 2 }).WaitForAsync();
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task The_address_of_a_message_far_up_shows_it_and_the_newest_is_one_press_away()
    {
        var mara = await WriterAsync("mara.knits", "The needle.");
        for (var n = 0; n < 59; n++) await mara.SayAsync($"Line {n} of a long story that has a beginning and an end.");
        await Shop.ReceivedAsync(await mara.SayAsync("The last."));
        // The index is about a second behind.
        JsonNode needle = new JsonArray();
        await Until.TrueAsync(FindAsync, TimeSpan.FromSeconds(30), () => "the search does not find it");
        var conversation = (await Shop.ConversationAsync(mara))["id"];
        // A thread is read up to its first unread message before it is shown; this one opens at its end.
        (await Shop.Api.PostAsync($"/ui/conversations/{conversation}/read", null)).Expect(204);
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("The needle.")).ToHaveCountAsync(0);

        await inbox.Page.GotoAsync($"/inbox/{conversation}?queue=all&at={needle[0]!["message"]!["id"]}");
        await Expect(inbox.Message("The needle.")).ToBeInViewportAsync();
        await mara.SayAsync("And one more.");
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("And one more.");
        await Expect(inbox.Message("The needle.")).ToBeInViewportAsync();

        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Newest" }).ClickAsync();
        await Expect(inbox.Message("And one more.")).ToBeInViewportAsync();
        inbox.ShouldBeClean();

        async Task<bool> FindAsync()
        {
            needle = (await Shop.Api.GetAsync($"/api/v1/search?q=needle&account_id={Shop.AccountId}")).Expect(200)["messages"]!;
            return needle.AsArray().Count > 0;
        }
    }

    [Fact]
    public async Task Letters_and_Enter_do_what_one_has_set()
    {
        var (mara, jo) = (await WriterAsync("mara.knits", "Hello!"), await WriterAsync("jo_bakes", "Hi!"));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(jo.Username);
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "You", Exact = true }).ClickAsync();
        await inbox.Page.GetByLabel("Keys of one letter").UncheckAsync();
        await inbox.Page.GetByLabel("Enter sends").UncheckAsync();
        await inbox.Page.GetByLabel("Sound for new messages").CheckAsync();
        await Expect(inbox.Page.GetByText("It sounded.").Or(inbox.Page.GetByText("The browser refused the sound."))).ToBeVisibleAsync();
        (await inbox.AxeAsync()).ShouldBeEmpty("the settings");
        await inbox.Page.Keyboard.PressAsync("Escape");

        await inbox.Page.Keyboard.PressAsync("j");
        await inbox.Page.Keyboard.PressAsync("g");
        await inbox.Page.Keyboard.PressAsync("u");
        await inbox.Page.ReloadAsync();
        await inbox.Page.GetByRole(AriaRole.Heading, new() { Name = jo.Username, Level = 2 }).WaitForAsync();
        await inbox.Field.PressSequentiallyAsync("one");
        await inbox.Field.PressAsync("Enter");
        await inbox.Field.PressSequentiallyAsync("two");
        await Expect(inbox.Field).ToHaveValueAsync("one\ntwo");
        await inbox.Field.PressAsync("Control+Enter");

        await Expect(inbox.Message("one")).ToContainTextAsync("sent");
        Heard(jo).ShouldBe(["one\ntwo"]);
        Heard(mara).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_shall_go_later_is_kept_can_be_taken_back_and_times_are_those_of_the_chosen_zone()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        var options = new BrowserNewContextOptions { TimezoneId = "Europe/Berlin" };
        await using var inbox = await _chromium.OpenAsync(_product, List, options);
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "You", Exact = true }).ClickAsync();
        await inbox.Page.GetByLabel("Time zone").SelectOptionAsync("Asia/Tokyo");
        await inbox.Page.Keyboard.PressAsync("Escape");
        await inbox.OpenThreadAsync(mara.Username);
        var sentAt = (await inbox.Message("Hello!").Locator("time").GetAttributeAsync("datetime"))!;
        var inTokyo = DateTimeOffset.Parse(sentAt, CultureInfo.InvariantCulture).ToOffset(TimeSpan.FromHours(9));
        await Expect(inbox.Message("Hello!").Locator("time")).ToHaveTextAsync($"{inTokyo:H:mm}");

        await inbox.Field.FillAsync("Good morning!");
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Send later" }).ClickAsync();
        var box = inbox.Page.GetByRole(AriaRole.Dialog, new() { Name = "Send later" });
        (await inbox.AxeAsync()).ShouldBeEmpty("the time of a message");
        await box.GetByLabel("Send at").FillAsync("2020-01-01T09:00");
        await Expect(box).ToContainTextAsync("That time is over.");
        var wanted = TimeProvider.System.GetUtcNow().AddHours(3).ToOffset(TimeSpan.FromHours(9));
        await box.GetByLabel("Send at").FillAsync($"{wanted:yyyy-MM-ddTHH:mm}");
        await box.GetByRole(AriaRole.Button, new() { Name = "Schedule" }).ClickAsync();

        await Expect(inbox.Message("Good morning!")).ToContainTextAsync("will be sent");
        await Expect(inbox.Message("Good morning!")).ToContainTextAsync($"{wanted:H:mm}");
        await Expect(inbox.Field).ToHaveValueAsync("");
        await inbox.Message("Good morning!").GetByRole(AriaRole.Button, new() { Name = "Do not send" }).ClickAsync();
        await Expect(inbox.Message("Good morning!")).ToContainTextAsync("cancelled");
        Heard(mara).ShouldBeEmpty();
        inbox.ShouldBeClean();
    }
}
