using System.Data.Common;
using System.Net;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Uploads;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Uploads;

/// <summary>Uploads that are sent: by their id, and in one request with their bytes.</summary>
public sealed class SendUploadTests : UploadTests
{
    [Fact]
    public async Task An_upload_is_sent_by_its_id_and_shown_in_the_thread_like_any_other_file()
    {
        Sender.Report = FakeSender.Script.Send;
        var picture = MediaSamples.Jpeg();
        var id = await UploadedAsync(picture);

        var answer = await Json(await SendAsync($$"""{TO,"attachment_id":"{{id}}","message":"hi"}"""));

        Text(answer, "status").ShouldBe("sent");
        var media = Sender.Commands.Select(command => command.Content).OfType<OutgoingMedia>().Single();
        StoredMedia.TryRead(media.Url, out var file, out var extension).ShouldBeTrue();
        (media.Type, extension).ShouldBe(("image", "jpg"));
        Files.ShouldHaveSingleItem().ShouldEndWith(file.Value);
        var shown = Text(answer, "attachment_url")!;
        shown.ShouldStartWith("/media/attachments/msg_");
        (await Crm.GetByteArrayAsync(shown, End)).ShouldBe(picture);
        await using var db = Store.Read();
        (await db.Set<Attachment>().SingleAsync(End)).State.ShouldBe(AttachmentState.Kept);
    }

    [Fact]
    public async Task Several_uploads_go_in_one_message_beside_addresses()
    {
        var (one, two) = (await UploadedAsync(MediaSamples.Jpeg()), await UploadedAsync(MediaSamples.Gif()));

        await SendAsync(
            $$"""{TO,"attachments":[{"attachment_id":"{{one}}"},{"url":"https://a.example/b.png"},{"attachment_id":"{{two}}"}]}""",
            prefer: "wait=0");

        await Until(() => !Sender.Commands.IsEmpty);
        var images = Sender.Commands.Single().Content.ShouldBeOfType<OutgoingImages>();
        images.Urls.Select(url => StoredMedia.TryRead(url, out _, out var extension) ? extension : url)
            .ShouldBe(["jpg", "https://a.example/b.png", "gif"]);
    }

    [Theory]
    [InlineData("""{TO,"attachment_id":"up_1"}""", "attachment_id")]
    [InlineData("""{TO,"attachment_id":"PDF","attachment_type":"image"}""", "attachment_id")]
    [InlineData("""{TO,"attachment_id":"PDF","attachment_type":"audio"}""", "attachment_type")]
    [InlineData("""{TO,"attachments":[{"url":"https://a.example/b.png"},{"attachment_id":"PDF"}]}""", "attachments[1].attachment_id")]
    [InlineData("""{TO,"attachments":[{"url":"https://a.example/b.png","attachment_id":"PDF"}]}""", "attachments[0].url")]
    [InlineData("""{TO,"attachment_id":"PDF","attachment_url":"https://a.example/b.png"}""", "attachment_id")]
    [InlineData("""{TO,"attachment_id":7}""", "attachment_id")]
    [InlineData("""{TO,"attachment_url":"upload:med_00000000000000000000000000000000.jpg"}""", "attachment_url")]
    [InlineData("""{TO,"file":"x"}""", "file")]
    public async Task What_is_no_upload_of_the_account_or_not_to_be_sent_so_is_refused_by_its_field(string body, string field)
    {
        var pdf = await UploadedAsync(MediaSamples.Pdf());

        var answer = await SendAsync(body.Replace("PDF", pdf, StringComparison.Ordinal));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, await answer.Content.ReadAsStringAsync(End));
        (await Json(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
        (await MessagesAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_upload_of_another_account_is_as_good_as_none_also_for_who_sees_both()
    {
        var other = await Store.LinkAsync("17841400000000099");
        Callers.Program("both", Account.Id, other.Id);
        var id = await UploadedAsync(MediaSamples.Jpeg());

        var answer = await SendAsync(
            $$"""{"account_id":"{{other.Id}}","recipient_id":"42","attachment_id":"{{id}}"}""", client: Store.Client("both"));

        (answer.StatusCode, Text(await Json(answer), "code")).ShouldBe((HttpStatusCode.UnprocessableEntity, "validation_failed"));
    }

    [Fact]
    public async Task An_MP4_that_holds_sound_alone_is_sent_as_audio()
    {
        var id = await UploadedAsync(MediaSamples.Mp4());

        await SendAsync($$"""{TO,"attachment_id":"{{id}}","attachment_type":"audio"}""", prefer: "wait=0");

        await Until(() => !Sender.Commands.IsEmpty);
        Sender.Commands.Single().Content.ShouldBeOfType<OutgoingMedia>().Type.ShouldBe("audio");
    }

    [Fact]
    public async Task A_file_that_goes_over_from_its_upload_to_a_message_is_nobodys_at_no_moment()
    {
        var id = await UploadedAsync(MediaSamples.Jpeg());
        var file = MediaFile.Parse(Path.GetFileName(Files.Single()));
        // A process that asks whether the file is named is frozen behind its first question.
        var frozen = new BehindTheFirstQuestion(async () =>
        {
            await SendAsync($$"""{TO,"attachment_id":"{{id}}"}""", prefer: "wait=0");
            Clock.Advance(TimeSpan.FromHours(25));
            await Store.Services.GetRequiredService<UploadSweep>().RoundAsync(End);
        });
        var database = $"Data Source={Path.Combine(Store.Folder, "store.db")}";
        await using var db = new SqliteStoreDbContext(new DbContextOptionsBuilder().UseSqlite(database).AddInterceptors(frozen).Options);

        (await NamedFiles.AmongAsync(db, [file], End)).ShouldBe([file]);

        (await Store.Read().Set<Upload>().CountAsync(End)).ShouldBe(0);
    }

    [Fact]
    public async Task A_scheduled_send_has_its_file_when_it_is_due_although_the_upload_is_over()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        var id = await UploadedAsync(MediaSamples.Jpeg());
        var at = Clock.GetUtcNow().AddDays(6);
        var later = await SendAsync(
            $$"""{TO,"attachment_id":"{{id}}","sent_by":"human","schedule_at":"{{at:yyyy-MM-ddTHH:mm:ssZ}}"}""");
        later.StatusCode.ShouldBe(HttpStatusCode.Accepted, await later.Content.ReadAsStringAsync(End));

        Clock.Advance(TimeSpan.FromDays(6) - TimeSpan.FromMinutes(1));
        await SweepAsync();

        Files.Count.ShouldBe(1);
        var late = await SendAsync($$"""{"account_id":"{{Account.Id}}","recipient_id":"77","attachment_id":"{{id}}"}""");
        late.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, "the upload is over");
    }

    [Fact]
    public async Task A_send_that_waits_keeps_its_file_and_one_that_ended_gives_it_up()
    {
        await Store.UnitOfWork.ExecuteAsync(async scope =>
            (await scope.Db.Accounts.SingleAsync(row => row.Id == Account.Id)).ChangeMedia(MediaMode.Proxy, 1));
        var id = await UploadedAsync(MediaSamples.Jpeg());
        await SendAsync($$"""{TO,"attachment_id":"{{id}}"}""", prefer: "wait=0");
        await Until(() => !Sender.Commands.IsEmpty);
        var command = Sender.Commands.Single();
        Clock.Advance(TimeSpan.FromDays(2));
        await SweepAsync();
        Files.Count.ShouldBe(1, "the send waits");

        await ReportAsync(Reports.Sent(command.MessageId, Account.Id, "m1"));
        Clock.Advance(TimeSpan.FromHours(1));
        await SweepAsync();

        Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_sent_twice_is_one_file_until_both_are_gone()
    {
        var id = await UploadedAsync(MediaSamples.Jpeg());
        Sender.Report = FakeSender.Script.Send;
        var first = await Json(await SendAsync($$"""{TO,"attachment_id":"{{id}}"}"""));
        await SendAsync($$"""{TO,"attachment_id":"{{id}}"}""");
        Clock.Advance(TimeSpan.FromDays(1));
        await SweepAsync();
        Files.Count.ShouldBe(1, "the upload is over, and two messages show it");

        await ReceiveAsync(MetaPayloads.Envelope(
            "17841400000000000",
            Clock.GetUtcNow(),
            MetaPayloads.EchoUnsend("17841400000000000", "42", Text(first, "instagram_message_id")!, Clock.GetUtcNow())));
        await SweepAsync();

        Files.Count.ShouldBe(1, "one message still shows it");
    }

    [Fact]
    public async Task A_retry_sends_the_same_file_and_is_refused_once_that_is_gone()
    {
        Sender.Report = command => Reports.Of(command.MessageId, command.AccountId, SendOutcome.Rejected) with
        {
            Error = new SendError("public_address_wrong", "It leads elsewhere.", true, null),
        };
        var id = await UploadedAsync(MediaSamples.Jpeg());
        var failed = Text(await Json(await SendAsync($$"""{TO,"attachment_id":"{{id}}"}""")), "message_id");
        var again = Text(await Json(await Crm.PostAsync($"/api/v1/messages/{failed}/retry", null, End)), "message_id");
        Sender.Commands.Select(command => ((OutgoingMedia)command.Content!).Url).Distinct().Count().ShouldBe(1);

        await Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Set<Attachment>().ExecuteUpdateAsync(
            set => set.SetProperty(row => row.DueAt, Clock.GetUtcNow())));
        await SweepAsync();
        var late = await Crm.PostAsync($"/api/v1/messages/{again}/retry", null, End);

        (late.StatusCode, Text(await Json(late), "code")).ShouldBe((HttpStatusCode.Conflict, "upload_expired"));
    }

    [Fact]
    public async Task A_form_sends_its_file_and_the_same_fields_as_JSON()
    {
        Sender.Report = FakeSender.Script.Send;
        var answer = await SendFormAsync(
            MediaSamples.Png(), null, ("message", "Deliver?"), ("split", "false"), ("metadata", """{"order":7}"""),
            ("quick_replies", """[{"title":"Yes","payload":"Y"}]"""));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(End));
        (await Json(answer)).GetProperty("metadata").GetProperty("order").GetInt32().ShouldBe(7);
        var contents = Sender.Commands.Select(command => command.Content!).ToList();
        contents[0].ShouldBeOfType<OutgoingMedia>().Type.ShouldBe("image");
        contents[1].ShouldBeOfType<OutgoingText>().QuickReplies!.Single().Payload.ShouldBe("Y");
        Files.Count.ShouldBe(1);
        await using var db = Store.Read();
        (await db.Set<Upload>().CountAsync(End)).ShouldBe(0, "the file is the message's alone");
    }

    [Theory]
    [InlineData("quick_replies", "nonsense", "quick_replies")]
    [InlineData("metadata", """{"a":1,"a":2}""", "metadata")]
    [InlineData("split", "perhaps", "split")]
    [InlineData("attachment_url", "https://a.example/b.png", "file")]
    [InlineData("attachment_type", "video", "attachment_type")]
    [InlineData("colour", "red", "colour")]
    [InlineData("recipient_id", "42", "recipient_id")]
    [InlineData("reply_to_message_id", "msg_1", "reply_to_message_id")]
    public async Task A_field_of_a_form_that_is_wrong_is_named_and_the_file_is_not_kept(string name, string value, string field)
    {
        var answer = await SendFormAsync(MediaSamples.Png(), null, ("message", "hi"), (name, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, await answer.Content.ReadAsStringAsync(End));
        (await Json(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
        Files.ShouldBeEmpty();
        (await MessagesAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_key_and_bytes_get_the_first_answer_and_other_bytes_are_refused()
    {
        Sender.Report = FakeSender.Script.Send;
        var picture = MediaSamples.Png();
        var first = await SendFormAsync(picture, "k1", ("message", "hi"));

        var again = await SendFormAsync(picture, "k1", ("message", "hi"));
        var other = await SendFormAsync(MediaSamples.Png(), "k1", ("message", "hi"));

        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsStringAsync(End)).ShouldBe(await first.Content.ReadAsStringAsync(End));
        (other.StatusCode, Text(await Json(other), "code")).ShouldBe((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"));
        (await MessagesAsync()).ShouldBe(2);
        Files.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_send_that_is_refused_keeps_no_file()
    {
        await CustomerWroteAsync(Clock.GetUtcNow().AddDays(-8));

        var answer = await SendFormAsync(MediaSamples.Png(), null, ("message", "too late"));

        (answer.StatusCode, Text(await Json(answer), "code")).ShouldBe((HttpStatusCode.Conflict, "window_closed"));
        Files.ShouldBeEmpty();
    }

    private async Task<HttpResponseMessage> SendFormAsync(byte[] file, string? key, params (string Name, string Value)[] texts)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages/send")
        {
            Content = Form(file, null, [("account_id", Account.Id.Value), ("recipient_id", "42"), .. texts]),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await Crm.SendAsync(request, End);
    }

    private sealed class BehindTheFirstQuestion(Func<Task> meanwhile) : DbCommandInterceptor
    {
        private bool _asked;

        public override async ValueTask<InterceptionResult> DataReaderClosingAsync(
            DbCommand command, DataReaderClosingEventData eventData, InterceptionResult result)
        {
            if (!_asked) await meanwhile();
            _asked = true;
            return result;
        }
    }
}

/// <summary>A store whose operator has not said where it is reached from outside.</summary>
public sealed class UploadWithoutAddressTests : UploadTests
{
    private protected override Dictionary<string, string?> Settings => [];

    [Fact]
    public async Task Without_a_public_address_an_upload_has_no_url_and_is_refused_before_it_is_sent()
    {
        var upload = await Json(await UploadAsync(MediaSamples.Jpeg()));
        Text(upload, "url").ShouldBeNull();

        var answer = await SendAsync($$"""{TO,"attachment_id":"{{Text(upload, "id")}}"}""");

        (answer.StatusCode, Text(await Json(answer), "code")).ShouldBe((HttpStatusCode.Conflict, "public_address_missing"));
        (await MessagesAsync()).ShouldBe(0);
    }
}
