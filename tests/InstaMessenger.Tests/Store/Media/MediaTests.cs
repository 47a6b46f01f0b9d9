using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Media;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Media;

public sealed class MediaTests : IAsyncLifetime
{
    private const string Picture = "https://cdn.example/picture";
    private static readonly KeptMedia Content = new("image/jpeg", 3, 40, 30);

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly FetchCommands _commands = new();
    private InboundShop _shop = null!;

    private static CancellationToken End => TestContext.Current.CancellationToken;

    private IMediaStore Files => _shop.Store.Services.GetRequiredService<IMediaStore>();

    public async ValueTask InitializeAsync() => _shop = await InboundShop.OpenAsync(services =>
    {
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton(_commands);
        services.AddMessageHandler<StoreDbContext, FetchMedia, FetchCommands.Collector>("sender.fetch-media");
        services.AddMessageHandler<StoreDbContext, CancelFetch, FetchCommands.Cancels>("sender.cancel-fetch");
    });

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_picture_is_asked_for_at_once_and_its_file_has_its_name_before_it_is_there()
    {
        var command = await ReceiveAsync("m1");

        var shown = (await _shop.MessageAsync("m1")).Attachments.ShouldHaveSingleItem();
        (shown.State, shown.Url).ShouldBe((AttachmentState.Fetching, $"/media/attachments/{command.AttachmentId}"));
        (command.Url, command.MediaType, command.AccountId).ShouldBe((Picture, "image", _shop.Account.Id));
        (await AttachmentAsync()).File.ShouldBe(command.File);
    }

    [Fact]
    public async Task What_is_kept_is_told_once()
    {
        var command = await ReceiveAsync("m1");

        await ReportAsync(command, MediaOutcome.Kept);
        await ReportAsync(command, MediaOutcome.Kept);

        var told = (await _shop.EventsAsync("message.media")).ShouldHaveSingleItem().GetProperty("message").GetProperty("attachments")[0];
        told.GetProperty("state").GetString().ShouldBe("kept");
        told.GetProperty("mime_type").GetString().ShouldBe("image/jpeg");
        told.GetProperty("width").GetInt32().ShouldBe(40);
    }

    [Theory]
    [InlineData(MediaOutcome.Failed, "failed")]
    [InlineData(MediaOutcome.Expired, "expired")]
    public async Task What_cannot_be_had_is_told_and_what_an_attempt_left_that_died_is_removed(MediaOutcome outcome, string state)
    {
        var command = await ReceiveAsync("m1");
        await WriteAsync(command.File);

        await ReportAsync(command, outcome);

        (await _shop.EventsAsync("message.media")).ShouldHaveSingleItem().GetProperty("message").GetProperty("attachments")[0]
            .GetProperty("state").GetString().ShouldBe(state);
        await Files.GoneAsync(command.File, _clock);
    }

    [Fact]
    public async Task An_account_that_shows_links_has_nothing_fetched()
    {
        await ChangeAsync(MediaMode.Link, 90);

        await _shop.ReceiveAsync(Image("m1"));

        var shown = (await _shop.MessageAsync("m1")).Attachments.ShouldHaveSingleItem();
        (shown.State, shown.Url).ShouldBe((AttachmentState.Remote, Picture));
        _commands.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_that_passes_media_on_has_nothing_fetched_before_somebody_looks()
    {
        await ChangeAsync(MediaMode.Proxy, 90);

        await _shop.ReceiveAsync(Image("m1"));

        var shown = (await _shop.MessageAsync("m1")).Attachments.ShouldHaveSingleItem();
        (shown.State, shown.Url).ShouldBe((AttachmentState.Remote, $"/media/attachments/{shown.Id}"));
        _commands.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_media_of_a_story_that_mentions_the_business_is_never_fetched()
    {
        await _shop.ReceiveAsync(
            MetaPayloads.Attachment(InboundShop.Id, InboundShop.Customer, "m1", "story_mention", Picture, InboundShop.At(1)),
            MetaPayloads.StoryReply(InboundShop.Id, InboundShop.Customer, "m2", "nice", "1", Picture, InboundShop.At(2)));

        (await _shop.MessageAsync("m1")).Story!.Url.ShouldBe(Picture);
        _commands.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_taken_back_leaves_no_file()
    {
        var command = await ReceiveAsync("m1");
        await WriteAsync(command.File);
        await ReportAsync(command, MediaOutcome.Kept);

        await _shop.ReceiveAsync(InboundShop.Unsend("m1", 2));

        await Files.GoneAsync(command.File, _clock);
    }

    [Fact]
    public async Task What_is_taken_back_while_it_is_fetched_leaves_no_file()
    {
        var command = await ReceiveAsync("m1");
        await _shop.ReceiveAsync(InboundShop.Unsend("m1", 2));
        await WriteAsync(command.File);

        await ReportAsync(command, MediaOutcome.Kept);

        await Files.GoneAsync(command.File, _clock);
        (await _shop.EventsAsync("message.media")).ShouldBeEmpty();
    }

    /// <summary>The sender went on for hours, and fetched what had been taken back.</summary>
    [Fact]
    public async Task What_is_taken_back_while_it_is_fetched_is_not_fetched_any_more()
    {
        var command = await ReceiveAsync("m1");

        await _shop.ReceiveAsync(InboundShop.Unsend("m1", 2));

        var patience = Patience.Token();
        while (_commands.Cancelled.IsEmpty) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience);
        _commands.Cancelled.ShouldHaveSingleItem().ShouldBe(new CancelFetch(command.AttachmentId!.Value, command.AccountId, command.File));
    }

    [Fact]
    public async Task What_is_taken_back_before_it_comes_is_not_asked_for()
    {
        await _shop.ReceiveAsync(InboundShop.Unsend("m1", 2));

        await _shop.ReceiveAsync(Image("m1"));

        _commands.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_is_kept_for_as_long_as_the_account_says()
    {
        await ChangeAsync(MediaMode.Keep, 7);
        var command = await ReceiveAsync("m1");
        await WriteAsync(command.File);
        await ReportAsync(command, MediaOutcome.Kept);

        _clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        await ExpireAsync();
        (await AttachmentAsync()).State.ShouldBe(AttachmentState.Kept);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await ExpireAsync();

        (await AttachmentAsync()).State.ShouldBe(AttachmentState.Purged);
        (await _shop.EventsAsync("message.media"))[^1].GetProperty("message").GetProperty("attachments")[0].GetProperty("state")
            .GetString().ShouldBe("purged");
        await Files.GoneAsync(command.File, _clock);
    }

    /// <summary>Clients took it for kept.</summary>
    [Fact]
    public async Task What_was_fetched_to_be_looked_at_lies_elsewhere_again_after_an_hour_and_that_is_told()
    {
        await ChangeAsync(MediaMode.Proxy, 90);
        await _shop.ReceiveAsync(Image("m1"));
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        {
            var attachment = await scope.Db.Set<Attachment>().SingleAsync();
            MediaRequests.Fetch(scope, _shop.Account.Id, attachment, _clock.GetUtcNow());
        });
        var kept = await AttachmentAsync();
        await ReportAsync(
            new FetchMedia(kept.Id, _shop.Account.Id, kept.Url, kept.MediaType, kept.File!.Value), MediaOutcome.Kept);

        _clock.Advance(TimeSpan.FromHours(1));
        await ExpireAsync();

        (await _shop.EventsAsync("message.media")).Select(data => data.GetProperty("message").GetProperty("attachments")[0]
            .GetProperty("state").GetString()).ShouldBe(["kept", "remote"]);
    }

    [Fact]
    public async Task A_download_of_which_nothing_is_heard_is_given_up()
    {
        await ReceiveAsync("m1");

        _clock.Advance(TimeSpan.FromDays(2));
        await ExpireAsync();

        (await AttachmentAsync()).State.ShouldBe(AttachmentState.Failed);
    }

    [Fact]
    public async Task An_attachment_that_cannot_be_read_keeps_no_other_from_its_end()
    {
        await ReceiveAsync("m1");
        await ReceiveAsync("m2");
        await ExecuteAsync(
            $"UPDATE attachments SET file = 'none' WHERE message_id = (SELECT id FROM messages WHERE instagram_message_id = 'm1')");
        _clock.Advance(TimeSpan.FromDays(2));

        for (var round = 0; round < 4; round++)
        {
            await ExpireAsync();
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        var told = (await _shop.EventsAsync("message.media")).ShouldHaveSingleItem().GetProperty("message");
        told.GetProperty("instagram_message_id").GetString().ShouldBe("m2");
        told.GetProperty("attachments")[0].GetProperty("state").GetString().ShouldBe("failed");
    }

    /// <summary>Its key was read with all others', and nothing ended any more, for any account.</summary>
    [Fact]
    public async Task An_attachment_whose_key_cannot_be_read_keeps_no_other_from_its_end()
    {
        await ReceiveAsync("m1");
        await ReceiveAsync("m2");
        await ExecuteAsync(
            $"UPDATE attachments SET message_id = 'none', due_at = 0 WHERE message_id IN (SELECT id FROM messages WHERE sequence = 1)");
        _clock.Advance(TimeSpan.FromDays(2));

        await ExpireAsync();

        (await _shop.EventsAsync("message.media")).ShouldHaveSingleItem().GetProperty("message").GetProperty("instagram_message_id")
            .GetString().ShouldBe("m2");
    }

    [Fact]
    public async Task A_file_that_no_row_names_is_removed_once_it_is_old()
    {
        var command = await ReceiveAsync("m1");
        var orphan = MediaFile.New();
        await WriteAsync(command.File);
        await WriteAsync(orphan);
        var sweep = _shop.Store.Services.GetRequiredService<OrphanSweep>();
        await sweep.Lease.TryTakeAsync(End);
        await sweep.RoundAsync(End);
        (await Files.ExistsAsync(orphan)).ShouldBeTrue("it may be written just now");

        _clock.Advance(TimeSpan.FromDays(1.1));
        await sweep.RoundAsync(End);

        (await Files.ExistsAsync(orphan)).ShouldBeFalse();
        (await Files.ExistsAsync(command.File)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_row_that_names_no_file_keeps_no_other_from_being_removed()
    {
        var file = MediaFile.New();
        await WriteAsync(file);
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        {
            scope.Db.Add(MediaPurge.Of(MediaFile.New()));
            await scope.Db.SaveChangesAsync();
            await scope.Db.Database.ExecuteSqlAsync($"UPDATE media_purges SET file = 'none'");
            scope.Db.Add(MediaPurge.Of(file));
        });

        await Files.GoneAsync(file, _clock);
    }

    private async Task<FetchMedia> ReceiveAsync(string mid)
    {
        var before = _commands.Seen.Count;
        await _shop.ReceiveAsync(Image(mid));
        var patience = Patience.Token();
        while (_commands.Seen.Count == before) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience);
        return _commands.Seen.Last();
    }

    private static System.Text.Json.Nodes.JsonObject Image(string mid) =>
        MetaPayloads.Attachment(InboundShop.Id, InboundShop.Customer, mid, "image", Picture, InboundShop.At(1));

    private Task ReportAsync(FetchMedia command, MediaOutcome outcome) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        _shop.Store.Services.GetRequiredService<MediaReports>().HandleAsync(scope, [new BusItem<MediaReported>("t", null, new MediaReported(
            command.AttachmentId, command.File, outcome, outcome == MediaOutcome.Kept ? Content : null, "why_not", _clock.GetUtcNow()))]));

    private Task ChangeAsync(MediaMode mode, int days) => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        (await scope.Db.Accounts.SingleAsync(account => account.Id == _shop.Account.Id)).ChangeMedia(mode, days));

    private Task<NextRound> ExpireAsync() => _shop.Store.Services.GetRequiredService<MediaExpiry>().RoundAsync(End);

    private Task<int> ExecuteAsync(FormattableString sql) =>
        _shop.Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync(sql));

    private Task<long> WriteAsync(MediaFile file) => Files.WriteAsync(file, new MemoryStream([1, 2, 3]), End);

    private async Task<Attachment> AttachmentAsync()
    {
        await using var db = _shop.Store.Read();
        return await db.Set<Attachment>().SingleAsync(End);
    }
}
