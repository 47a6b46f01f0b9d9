using System.Net;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Media;
using InstaMessenger.Store.People;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Media;

/// <summary>Meta's address of a picture dies in days and has another signature at every look-up.</summary>
public sealed class ContactPicturesTests : IAsyncLifetime
{
    private const string First = "https://scontent-a.example/v/t51/1_2_n.jpg";
    private const string Second = "https://scontent-a.example/v/t51/3_4_n.jpg";
    private static readonly KeptMedia Content = new("image/jpeg", 3, 40, 30);

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly FetchCommands _commands = new();
    private readonly FakeCallers _callers = new();
    private InboundShop _shop = null!;

    private static CancellationToken End => TestContext.Current.CancellationToken;

    private IMediaStore Files => _shop.Store.Services.GetRequiredService<IMediaStore>();

    public async ValueTask InitializeAsync()
    {
        _shop = await InboundShop.OpenAsync(services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<ICallerSource>(_callers);
            services.AddSingleton(_commands);
            services.AddMessageHandler<StoreDbContext, FetchMedia, FetchCommands.Collector>("sender.fetch-media");
        });
        await _shop.ReceiveAsync(InboundShop.Text("m1", "hi", 0));
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_picture_is_fetched_once_and_shown_from_here()
    {
        await LookedUpAsync(First + "?oh=1");
        var command = await AskedAsync(1);
        (command.AttachmentId, command.AccountId).ShouldBe((null, _shop.Account.Id));
        (command.Url, command.MediaType).ShouldBe((First + "?oh=1", "image"));
        (await ShownAsync()).ShouldBeNull();
        await KeptAsync(command);
        await KeptAsync(command);

        await LookedUpAsync("https://scontent-b.example/v/t52/1_2_n.jpg?oh=2");

        (await ShownAsync()).ShouldBe(await OwnUrlAsync());
        _commands.Seen.Count.ShouldBe(1);
        (await ToldAsync()).ShouldBe([null, await OwnUrlAsync()]);
    }

    [Fact]
    public async Task The_bytes_are_for_who_may_see_the_thread()
    {
        await LookedUpAsync(First);
        await KeptAsync(await AskedAsync(1));
        _callers.Person("own", _shop.Account.Id);
        _callers.Person("other", AccountId.Parse("acc_other"));
        using var own = _shop.Store.Client("own");
        using var other = _shop.Store.Client("other");

        var seen = await own.GetAsync(await OwnUrlAsync(), End);

        (seen.StatusCode, seen.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "image/jpeg"));
        seen.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await seen.Content.ReadAsByteArrayAsync(End)).ShouldBe([1, 2, 3]);
        (await other.GetAsync(await OwnUrlAsync(), End)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Another_picture_takes_its_place_once_it_is_there_and_the_old_file_goes()
    {
        await LookedUpAsync(First);
        var first = await AskedAsync(1);
        await KeptAsync(first);

        await LookedUpAsync(Second);
        var second = await AskedAsync(2);
        (await Files.ExistsAsync(first.File)).ShouldBeTrue("nothing else can be shown yet");
        await KeptAsync(second);

        (await PicturesAsync()).ShouldBe([second.File]);
        await Files.GoneAsync(first.File, _clock);
        (await ToldAsync()).Count.ShouldBe(3, "its address is the same, and what is there is not");
    }

    [Fact]
    public async Task One_that_cannot_be_had_is_asked_for_again_at_the_next_look_up()
    {
        await LookedUpAsync(First);
        await ReportAsync(await AskedAsync(1), MediaOutcome.Expired);
        (await PicturesAsync()).ShouldBeEmpty();

        await LookedUpAsync(First);

        (await AskedAsync(2)).Url.ShouldBe(First);
    }

    [Fact]
    public async Task A_download_of_which_nothing_is_heard_is_begun_anew_after_two_days_and_its_late_file_removed()
    {
        await LookedUpAsync(First);
        var silent = await AskedAsync(1);
        _clock.Advance(TimeSpan.FromDays(1));
        await LookedUpAsync(First);
        _clock.Advance(TimeSpan.FromDays(1));
        await LookedUpAsync(First);
        var again = await AskedAsync(2);

        await KeptAsync(silent);

        (await PicturesAsync()).ShouldBe([again.File]);
        await Files.GoneAsync(silent.File, _clock);
    }

    [Fact]
    public async Task Who_has_no_picture_any_more_is_shown_with_none_and_the_file_goes()
    {
        await LookedUpAsync(First);
        var command = await AskedAsync(1);
        await KeptAsync(command);

        await LookedUpAsync(null);

        (await ShownAsync()).ShouldBeNull();
        (await ToldAsync())[^1].ShouldBeNull();
        await Files.GoneAsync(command.File, _clock);
    }

    [Fact]
    public async Task An_account_that_shows_links_shows_that_of_the_picture_and_keeps_nothing()
    {
        await LookedUpAsync(First);
        var command = await AskedAsync(1);
        await KeptAsync(command);
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
            (await scope.Db.Accounts.SingleAsync(End)).ChangeMedia(MediaMode.Link, 90));

        await LookedUpAsync(First + "?oh=2");

        (await ShownAsync()).ShouldBe(First + "?oh=2");
        await Files.GoneAsync(command.File, _clock);
    }

    [Fact]
    public async Task The_sweep_of_files_without_a_row_leaves_pictures()
    {
        await LookedUpAsync(First);
        var kept = await AskedAsync(1);
        await KeptAsync(kept);
        var sweep = _shop.Store.Services.GetRequiredService<OrphanSweep>();
        await sweep.Lease.TryTakeAsync(End);
        _clock.Advance(TimeSpan.FromDays(1.1));

        await sweep.RoundAsync(End);

        (await Files.ExistsAsync(kept.File)).ShouldBeTrue();
    }

    [Fact]
    public async Task It_is_kept_for_as_long_as_the_account_says_after_the_last_look_up()
    {
        await LookedUpAsync(First);
        var command = await AskedAsync(1);
        await KeptAsync(command);
        _clock.Advance(TimeSpan.FromDays(80));
        await LookedUpAsync(First);
        _clock.Advance(TimeSpan.FromDays(80));
        await ExpireAsync();
        (await ShownAsync()).ShouldNotBeNull();

        _clock.Advance(TimeSpan.FromDays(10));
        await ExpireAsync();

        (await ShownAsync()).ShouldBeNull();
        (await ToldAsync())[^1].ShouldBeNull();
        await Files.GoneAsync(command.File, _clock);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_keeps_no_other_from_its_end()
    {
        await LookedUpAsync(First);
        await KeptAsync(await AskedAsync(1));
        await _shop.Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync(
            $"INSERT INTO contact_pictures (file, conversation_id, picture, due_at) VALUES ('none', 'none', '', 0)"));

        _clock.Advance(TimeSpan.FromDays(90));
        await ExpireAsync();

        (await ShownAsync()).ShouldBeNull();
    }

    private async Task ExpireAsync() => await _shop.Store.Services.GetRequiredService<PictureExpiry>().RoundAsync(End);

    private Task LookedUpAsync(string? picture) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        _shop.Store.Services.GetRequiredService<ProfileReports>().HandleAsync(
            scope,
            [
                new BusItem<ProfileReported>("r", null, new ProfileReported(
                    _shop.Account.Id, InstagramUserId.Parse(InboundShop.Customer), ProfileOutcome.Found, "anna.b", "Anna", picture,
                    _clock.GetUtcNow())),
            ]));

    /// <summary>Waits for the nth command, while time goes by.</summary>
    private async Task<FetchMedia> AskedAsync(int count)
    {
        var patience = Patience.Token();
        while (_commands.Seen.Count < count)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience);
        }

        return _commands.Seen.Last();
    }

    private async Task KeptAsync(FetchMedia command)
    {
        await Files.WriteAsync(command.File, new MemoryStream([1, 2, 3]), End);
        await ReportAsync(command, MediaOutcome.Kept);
    }

    private Task ReportAsync(FetchMedia command, MediaOutcome outcome) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        _shop.Store.Services.GetRequiredService<MediaReports>().HandleAsync(scope, [new BusItem<MediaReported>("t", null, new MediaReported(
            null, command.File, outcome, outcome == MediaOutcome.Kept ? Content : null, "why_not", _clock.GetUtcNow()))]));

    private async Task<string?> ShownAsync() => (await _shop.ConversationAsync()).ContactPictureUrl;

    private async Task<string> OwnUrlAsync() => $"/media/contacts/{(await _shop.ConversationAsync()).Id}";

    private async Task<List<string?>> ToldAsync() =>
    [
        .. (await _shop.EventsAsync("contact.updated"))
            .Select(data => data.GetProperty("contact").GetProperty("profile_picture_url").GetString()),
    ];

    private async Task<List<MediaFile>> PicturesAsync()
    {
        await using var db = _shop.Store.Read();
        return await db.Set<ContactPicture>().Select(row => row.File).ToListAsync(End);
    }
}
