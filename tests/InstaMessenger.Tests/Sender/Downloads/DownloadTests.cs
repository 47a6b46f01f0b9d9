using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Downloads;
using InstaMessenger.Simulator;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Downloads;

public sealed class DownloadTests : IAsyncLifetime
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[200_000]];
    private SimulatorHost _meta = null!;
    private SenderHost _sender = null!;
    private int _names;

    private static CancellationToken End => TestContext.Current.CancellationToken;

    private IMediaStore Store => _sender.Services.GetRequiredService<IMediaStore>();

    public async ValueTask InitializeAsync()
    {
        _meta = await SimulatorHost.StartAsync();
        // By name it may be called, by address not: so a redirect to this machine's address is one that must be refused.
        _sender = await SenderHost.StartAsync(
            _meta.BaseAddress, ("Outbound:AllowedAddresses:0", "localhost"), ("Media:MostBytes", "1048576"));
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        await _meta.DisposeAsync();
    }

    [Fact]
    public async Task An_attachment_is_kept_as_it_lies_there_and_told()
    {
        var command = Lying(Jpeg, "text/html");

        await _sender.FetchAsync(command);

        var report = await NextAsync();
        (report.AttachmentId, report.File, report.Outcome).ShouldBe((command.AttachmentId, command.File, MediaOutcome.Kept));
        report.Content.ShouldBe(new KeptMedia("image/jpeg", Jpeg.Length, null, null), "what it is its bytes say");
        (await ReadAsync(command.File)).ShouldBe(Jpeg);
        (await RowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_picture_is_told_with_its_size()
    {
        var command = Command("picture.png");

        await _sender.FetchAsync(command);

        var content = (await NextAsync()).Content!;
        content.MimeType.ShouldBe("image/png");
        content.Width.ShouldNotBeNull();
        content.Height.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_link_that_is_dead_is_not_tried_again(int status)
    {
        var command = Answering(http => StatusAsync(http, status));

        await _sender.FetchAsync(command);

        (await NextAsync()).ShouldBe(Report(command, MediaOutcome.Expired, $"http_{status}"));
        _meta.Meta.Cdn.Fetches(NameOf(command)).ShouldBe(1);
    }

    [Theory]
    [InlineData("<!doctype html><script>alert(1)</script>", "type_not_allowed")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "type_not_allowed")]
    [InlineData("PK\u0003\u0004", "type_not_allowed")]
    public async Task What_is_no_media_is_not_kept_whatever_it_is_called(string content, string reason)
    {
        var command = Lying(Encoding.UTF8.GetBytes(content), "image/jpeg");

        await _sender.FetchAsync(command);

        (await NextAsync()).ShouldBe(Report(command, MediaOutcome.Failed, reason));
        (await Store.OpenAsync(command.File, End)).ShouldBeNull();
    }

    [Fact]
    public async Task A_file_of_a_kind_that_nobody_knows_is_kept_as_bytes()
    {
        var command = Lying("PK\u0003\u0004..."u8.ToArray(), "application/zip") with { MediaType = "file" };

        await _sender.FetchAsync(command);

        (await NextAsync()).Content!.MimeType.ShouldBe("application/octet-stream");
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off_where_too_much_came()
    {
        var command = Answering(async http =>
        {
            await http.Response.Body.WriteAsync(Jpeg);
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(new byte[10_000]);
        });

        await _sender.FetchAsync(command);

        (await NextAsync()).ShouldBe(Report(command, MediaOutcome.Failed, "too_large"));
        (await Store.OpenAsync(command.File, End)).ShouldBeNull();
    }

    [Fact]
    public async Task A_redirect_to_this_machine_is_not_followed_and_one_along_the_CDN_is()
    {
        var secret = Lying(Jpeg, "image/jpeg");
        var inside = new Uri(secret.Url.Replace("localhost", "127.0.0.1", StringComparison.Ordinal));
        var bad = Answering(http => RedirectAsync(http, inside.ToString()));
        var good = Answering(http => RedirectAsync(http, new Uri(secret.Url).AbsolutePath));
        var loop = Answering(http => RedirectAsync(http, http.Request.Path));

        await _sender.FetchAsync(bad, good, loop);

        var reports = new[] { await NextAsync(), await NextAsync(), await NextAsync() };
        reports.ShouldContain(Report(bad, MediaOutcome.Failed, "address_refused"));
        reports.Single(report => report.AttachmentId == good.AttachmentId).Outcome.ShouldBe(MediaOutcome.Kept);
        reports.ShouldContain(Report(loop, MediaOutcome.Failed, "too_many_redirects"));
        _meta.Meta.Cdn.Fetches(NameOf(secret)).ShouldBe(1);
    }

    [Fact]
    public async Task A_CDN_that_is_away_is_asked_again_later_and_harms_no_other_attachment()
    {
        var down = true;
        var command = Answering(http => down ? StatusAsync(http, 503) : http.Response.Body.WriteAsync(Jpeg).AsTask());
        var other = Lying(Jpeg, "image/jpeg");
        await _sender.FetchAsync(command);
        await UntilAsync(rows => rows is [{ Claimed: false, Attempts: 1 }]);

        await _sender.FetchAsync(other);

        (await NextAsync()).AttachmentId.ShouldBe(other.AttachmentId);
        down = false;
        _sender.Clock.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(rows => rows.Count == 0, goesOn: true);
        (await NextAsync()).AttachmentId.ShouldBe(command.AttachmentId);
        _meta.Meta.Cdn.Fetches(NameOf(command)).ShouldBe(2);
    }

    [Fact]
    public async Task An_attachment_that_can_never_be_had_is_given_up_after_seven_attempts()
    {
        var command = Answering(http => StatusAsync(http, 500));
        await _sender.FetchAsync(command);

        for (var attempt = 1; attempt < 7; attempt++)
        {
            await UntilAsync(rows => rows is [{ Claimed: false }] && rows[0].Attempts == attempt, goesOn: true);
            _sender.Clock.Advance(TimeSpan.FromHours(3));
        }

        await UntilAsync(rows => rows.Count == 0, goesOn: true);
        (await NextAsync()).ShouldBe(Report(command, MediaOutcome.Failed, "http_500"));
        (await RowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_CDN_that_asks_for_time_until_a_moment_gets_it()
    {
        var until = _sender.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        var command = Answering(http =>
        {
            http.Response.Headers.RetryAfter = until.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            return StatusAsync(http, 503);
        });

        await _sender.FetchAsync(command);

        await UntilAsync(rows => rows is [{ Claimed: false, Attempts: 1 }]);
        (await RowsAsync())[0].DueAt.ShouldBe(until);
    }

    /// <summary>It was tried for three hours more, and its address stood in the row as long.</summary>
    [Fact]
    public async Task What_was_taken_back_is_not_fetched_any_more_and_its_file_is_reported_to_be_removed()
    {
        var command = Answering(http => StatusAsync(http, 503));
        await _sender.FetchAsync(command);
        await UntilAsync(rows => rows is [{ Claimed: false, Attempts: 1 }]);

        await _sender.CancelFetchAsync(Cancel(command));

        await UntilAsync(rows => rows.Count == 0, goesOn: true);
        (await NextAsync()).ShouldBe(Report(command, MediaOutcome.Failed, "taken_back"));
        _meta.Meta.Cdn.Fetches(NameOf(command)).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_taken_back_before_it_was_asked_for_is_not_fetched()
    {
        var command = Lying(Jpeg, "image/jpeg");
        await _sender.CancelFetchAsync(Cancel(command));

        await _sender.FetchAsync(command);

        (await RowsAsync()).ShouldHaveSingleItem().Url.ShouldBeEmpty();
        _sender.Clock.Advance(TimeSpan.FromHours(1));
        await UntilAsync(rows => rows.Count == 0, goesOn: true);
        _meta.Meta.Cdn.Fetches(NameOf(command)).ShouldBe(0);
    }

    [Fact]
    public async Task A_dead_letter_of_what_was_taken_back_is_removed_and_the_others_stay()
    {
        var (gone, stays) = (Command("gone"), Command("stays"));
        await LetterAsync("gone", gone);
        await LetterAsync("stays", stays);

        await _sender.CancelFetchAsync(Cancel(gone));

        (await LettersAsync()).ShouldBe(["stays"]);
    }

    /// <summary>The commands to fetch and to stop come on two queues: the letter of the first may come last, and stayed for good.</summary>
    [Fact]
    public async Task A_dead_letter_that_comes_behind_what_takes_it_back_is_removed_too()
    {
        var (gone, stays) = (Command("gone"), Command("stays"));
        await _sender.CancelFetchAsync(Cancel(gone));
        await LetterAsync("gone", gone);
        await LetterAsync("stays", stays);

        _sender.Clock.Advance(TimeSpan.FromHours(1));

        await UntilAsync(rows => rows.Count == 0, goesOn: true);
        (await LettersAsync()).ShouldBe(["stays"]);
    }

    [Fact]
    public async Task A_body_that_trickles_is_cut_off_and_tried_again()
    {
        var asked = new SemaphoreSlim(0);
        var command = Answering(async http =>
        {
            await http.Response.Body.WriteAsync(Jpeg.AsMemory(0, 100));
            await http.Response.Body.FlushAsync();
            asked.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });
        await _sender.FetchAsync(command);
        await asked.WaitAsync(End);

        _sender.Clock.Advance(MediaDownload.Longest);

        await UntilAsync(rows => rows is [{ Claimed: false, Attempts: 1 }]);
        (await Store.OpenAsync(command.File, End)).ShouldBeNull();
    }

    [Fact]
    public async Task An_account_whose_links_hang_slows_no_other()
    {
        var hanging = Enumerable.Range(0, 40).Select(_ => Answering(
            http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted))).ToArray();
        await _sender.FetchAsync(hanging);
        await UntilAsync(rows => rows.Count(row => row.Claimed) == DownloadWorker.MostPerAccount);
        var others = Enumerable.Range(0, 10).Select(_ => Lying(Jpeg, "image/jpeg") with { AccountId = AccountId.Parse("acc_2") }).ToArray();

        await _sender.FetchAsync(others);

        for (var n = 0; n < others.Length; n++) (await NextAsync()).Outcome.ShouldBe(MediaOutcome.Kept);
        (await RowsAsync()).Count.ShouldBe(hanging.Length);
    }

    [Fact]
    public async Task A_command_that_comes_twice_is_one_download()
    {
        var command = Lying(Jpeg, "image/jpeg");

        await _sender.FetchAsync(command, command);

        await NextAsync();
        (await RowsAsync()).ShouldBeEmpty();
        _meta.Meta.Cdn.Fetches(NameOf(command)).ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_removed_and_the_others_go_on()
    {
        var (rotten, good) = (Lying(Jpeg, "image/jpeg"), Lying(Jpeg, "image/jpeg"));
        await _sender.WriteAsync(async db =>
        {
            // Together, so that the worker finds neither before it is spoilt.
            db.Add(Download.Of(new(nameof(rotten), null, rotten), _sender.Clock.GetUtcNow()));
            db.Add(Download.Of(new(nameof(good), null, good), _sender.Clock.GetUtcNow()));
            await db.SaveChangesAsync();
            await db.Database.ExecuteSqlAsync($"UPDATE downloads SET file = 'none' WHERE file = {rotten.File.Value}");
        });
        _sender.Clock.Advance(TimeSpan.FromSeconds(1));

        (await NextAsync()).AttachmentId.ShouldBe(good.AttachmentId);

        (await RowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_comes_of_a_claim_that_another_process_has_taken_over_counts_for_nothing()
    {
        var claims = _sender.Services.GetRequiredService<DownloadClaims>();
        var command = Answering(http => StatusAsync(http, 503));
        await _sender.FetchAsync(command);
        await UntilAsync(rows => rows is [{ Claimed: false, Attempts: 1 }]);
        var frozen = (await RowsAsync())[0];
        frozen.Claim(_sender.Clock.GetUtcNow() + TimeSpan.FromMinutes(5));

        await claims.RecordAsync(frozen, new DownloadEnd.Expired("http_404"));

        (await RowsAsync()).ShouldHaveSingleItem().Attempts.ShouldBe(1);
        _sender.Media.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_that_was_written_when_nobody_waited_for_it_any_more_is_told_so_that_it_is_removed()
    {
        var command = Lying(Jpeg, "image/jpeg");
        await _sender.FetchAsync(command);
        var kept = await NextAsync();
        var frozen = Download.Of(new BusItem<FetchMedia>("late", null, command), _sender.Clock.GetUtcNow());

        await _sender.Services.GetRequiredService<DownloadClaims>().RecordAsync(frozen, new DownloadEnd.Kept(kept.Content!));

        (await NextAsync()).ShouldBe(kept);
    }

    [Fact]
    public async Task A_process_that_died_during_a_download_begins_it_again()
    {
        var hang = true;
        var asked = new SemaphoreSlim(0);
        var command = Answering(http =>
        {
            asked.Release();
            return hang
                ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
                : http.Response.Body.WriteAsync(Jpeg).AsTask();
        });
        await _sender.FetchAsync(command);
        await asked.WaitAsync(End);
        // As a kill -9 leaves it: claimed.
        var claimed = (await RowsAsync()).ShouldHaveSingleItem();
        claimed.Claimed.ShouldBeTrue();
        hang = false;
        await _sender.CloseAsync();
        await _sender.OpenAsync(_meta.BaseAddress, ("Outbound:AllowedAddresses", "media.internal, localhost"));

        (await NextAsync()).Outcome.ShouldBe(MediaOutcome.Kept);
    }

    [Fact]
    public async Task The_picture_of_a_contact_is_fetched_like_an_attachment_and_known_by_its_file()
    {
        var (first, second) = (Lying(Jpeg, "image") with { AttachmentId = null }, Lying(Jpeg, "image") with { AttachmentId = null });

        await _sender.FetchAsync(first, second, first);

        MediaReported[] reports = [await NextAsync(), await NextAsync()];
        reports.ShouldAllBe(report => report.AttachmentId == null && report.Outcome == MediaOutcome.Kept);
        reports.Select(report => report.File).ShouldBe([first.File, second.File], ignoreOrder: true);
        (await RowsAsync()).ShouldBeEmpty();
    }

    private static MediaReported Report(FetchMedia command, MediaOutcome outcome, string reason) =>
        new(command.AttachmentId, command.File, outcome, null, reason, new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));

    private static Task StatusAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task RedirectAsync(HttpContext http, string to)
    {
        http.Response.Redirect(to);
        return Task.CompletedTask;
    }

    private static CancelFetch Cancel(FetchMedia command) => new(command.AttachmentId!.Value, command.AccountId, command.File);

    private static string NameOf(FetchMedia command) => command.Url[(command.Url.LastIndexOf('/') + 1)..];

    private FetchMedia Command(string name) => new(
        AttachmentId.Of(MessageId.Parse($"msg_{Interlocked.Increment(ref _names)}"), 0),
        SenderHost.Account,
        $"http://localhost:{_meta.BaseAddress.Port}/cdn/{name}",
        "image",
        MediaFile.New());

    private FetchMedia Lying(byte[] bytes, string type)
    {
        var command = Command($"lying{Interlocked.Increment(ref _names)}");
        _meta.Meta.Cdn.Put(NameOf(command), bytes, type);
        return command;
    }

    private FetchMedia Answering(RequestDelegate answer)
    {
        var command = Command($"answering{Interlocked.Increment(ref _names)}");
        _meta.Meta.Cdn.Answer(NameOf(command), answer);
        return command;
    }

    private Task LetterAsync(string id, FetchMedia command) => _sender.WriteAsync(db =>
    {
        db.Add(DeadLetter.Of(
            "sender.fetch-media", new BusItem<FetchMedia>(id, null, command), new InvalidOperationException(), _sender.Clock));
        return Task.CompletedTask;
    });

    private async Task<List<string>> LettersAsync()
    {
        await using var db = await _sender.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync(End);
        return await db.Set<DeadLetter>().OrderBy(letter => letter.Id).Select(letter => letter.ItemId).ToListAsync(End);
    }

    /// <summary>The next report; its time is the test's.</summary>
    private async Task<MediaReported> NextAsync() =>
        await _sender.Media.Reader.ReadAsync(Patience.Token()) with { At = new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero) };

    private async Task<byte[]> ReadAsync(MediaFile file)
    {
        await using var stream = await Store.OpenAsync(file, End);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes, End);
        return bytes.ToArray();
    }

    private async Task<List<Download>> RowsAsync()
    {
        await using var db = await _sender.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync(End);
        return await db.Downloads.AsNoTracking().OrderBy(row => row.Sequence).ToListAsync(End);
    }

    /// <param name="holds">What is waited for.</param>
    /// <param name="goesOn">
    /// Whether time goes on meanwhile, as long as nothing is being fetched: a worker that looks just before a step of the clock would else
    /// sleep for good.
    /// </param>
    private async Task UntilAsync(Func<List<Download>, bool> holds, bool goesOn = false)
    {
        var patience = Patience.Token();
        while (await RowsAsync() is var rows && !holds(rows))
        {
            if (goesOn && rows.TrueForAll(row => !row.Claimed)) _sender.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience);
        }
    }
}
