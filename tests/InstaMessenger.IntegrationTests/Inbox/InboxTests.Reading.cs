using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>Reading: where a thread opens, what is read, what stands still while something happens elsewhere.</summary>
public sealed partial class InboxTests
{
    [Fact]
    public async Task A_thread_opens_at_the_first_of_120_unread_messages_and_their_line_stays()
    {
        var mara = await WriterAsync("mara.knits", "The first.");
        await InboxSeed.LengthenAsync(_product, await IdOfAsync(mara), 300, unread: 120);
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        // The message that the thread began with came after the seeded ones: it is one of the 120.
        var (line, first) = (inbox.Log.GetByText("120 new"), inbox.Message("Line 182 "));

        await Expect(line).ToBeInViewportAsync();
        await Expect(first).ToBeInViewportAsync();
        (await SettledAsync(first) - (await line.BoundingBoxAsync())!.Y).ShouldBeInRange(1, 60, "the line stands above the first");
        await inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Newest" }).ClickAsync();
        await Expect(inbox.Message("Line 300 ")).ToBeInViewportAsync();
        await Expect(inbox.Row(mara.Username)).Not.ToContainTextAsync("unread");

        await inbox.Log.HoverAsync();
        // Less than a screen at a time, or the wheel may turn past it.
        for (var turn = 0; turn < 100 && !await first.IsVisibleAsync(); turn++) await WheelAsync(inbox, -400);
        await Expect(line).ToBeVisibleAsync();
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task Events_leave_the_field_alone_and_a_tab_that_was_hidden_stands_at_the_end()
    {
        var (mara, jo) = (await WriterAsync("mara.knits", "Hello!"), await WriterAsync("jo_bakes", "Hi!"));
        await BulkAsync([mara], 40, "Before");
        (await Shop.Api.PostAsync($"/ui/conversations/{await IdOfAsync(mara)}/read")).Status.ShouldBe(204);
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("Before, 39.")).ToBeInViewportAsync();

        await inbox.Field.FillAsync("We have in green.");
        await inbox.Field.EvaluateAsync("(field) => field.setSelectionRange(8, 8)");
        await BulkAsync([mara, jo], 50, "Meanwhile");
        await Expect(inbox.Message("Meanwhile, 48.")).ToBeInViewportAsync();
        await Expect(inbox.Row(jo.Username)).ToContainTextAsync("Meanwhile, 49.");
        await inbox.Page.Keyboard.TypeAsync("it ");
        await Expect(inbox.Field).ToHaveValueAsync("We have it in green.");

        await inbox.HideAsync();
        await BulkAsync([mara], 3, "Hidden");
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("Hidden, 2.");
        await inbox.ShowAsync();
        await Expect(inbox.Message("Hidden, 2.")).ToBeInViewportAsync();
        await SettledAsync(inbox.Message("Hidden, 2."));
        (await inbox.Log.EvaluateAsync<double>("(log) => log.scrollHeight - log.scrollTop - log.clientHeight")).ShouldBeInRange(-1, 1);
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task Read_is_what_somebody_saw_an_open_row_stays_in_its_queue_and_unread_by_hand_stays_unread()
    {
        var (mara, jo) = (await WriterAsync("mara.knits", "Hello!"), await WriterAsync("jo_bakes", "Hi!"));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        var unread = inbox.Queue("Unread");
        await unread.ClickAsync();
        await Expect(unread).ToHaveAttributeAsync("aria-current", "true");
        await inbox.Page.Clock.InstallAsync();
        await inbox.Page.ReloadAsync();
        // The queue and the account are in the address.
        await Expect(unread).ToHaveAttributeAsync("aria-current", "true");
        await Expect(inbox.Page.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);

        // Open behind another window: nobody sees it.
        var reads = Count(inbox, "/read");
        await FocusAsync(false);
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("Hello!")).ToBeInViewportAsync();
        await inbox.Page.Clock.RunForAsync(3_000);
        reads().ShouldBe(0);
        await FocusAsync(true);
        await inbox.Page.Clock.RunForAsync(3_000);
        await Expect(inbox.Row(mara.Username)).Not.ToContainTextAsync("unread");

        // Read by now, and here until it is left.
        await Expect(inbox.Row(mara.Username)).ToBeVisibleAsync();
        await FocusAsync(false);
        await inbox.OpenThreadAsync(jo.Username);
        await Expect(inbox.Row(mara.Username)).ToHaveCountAsync(0);

        await inbox.Page.Keyboard.PressAsync("Escape");
        await inbox.Page.Keyboard.PressAsync("u");
        await FocusAsync(true);
        await inbox.Page.Clock.RunForAsync(3_000);
        await Expect(inbox.Row(jo.Username)).ToContainTextAsync("unread");
        inbox.ShouldBeClean();

        Task FocusAsync(bool has) => inbox.Page.EvaluateAsync(
            "(has) => { document.hasFocus = () => has; dispatchEvent(new Event(has ? 'focus' : 'blur')) }", has);
    }

    [Fact]
    public async Task The_row_under_the_pointer_is_the_one_that_opens_whoever_writes_meanwhile()
    {
        var (mara, jo, ana) = (await WriterAsync("mara.", "Hello!"), await WriterAsync("jo.", "Hi!"), await WriterAsync("ana.", "Hey!"));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        var box = (await inbox.Row(jo.Username).BoundingBoxAsync())!;
        await inbox.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));

        await mara.SayAsync("Are you there?");
        await Expect(inbox.Page.GetByRole(AriaRole.Button, new() { Name = "1 newer" })).ToBeVisibleAsync();
        await inbox.Page.Mouse.DownAsync();
        await inbox.Page.Mouse.UpAsync();

        await inbox.Page.GetByRole(AriaRole.Heading, new() { Name = jo.Username, Level = 2 }).WaitForAsync();
        await inbox.Field.HoverAsync();
        await Expect(inbox.Page.GetByRole(AriaRole.Listitem).First).ToContainTextAsync(mara.Username);
        ana.Messages.ShouldHaveSingleItem();
    }

    /// <summary>Turns the wheel over the pointer, and waits until what it did is painted.</summary>
    private static async Task WheelAsync(InboxPage inbox, float by)
    {
        await inbox.Page.Mouse.WheelAsync(0, by);
        await inbox.Page.EvaluateAsync("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))");
    }
}
