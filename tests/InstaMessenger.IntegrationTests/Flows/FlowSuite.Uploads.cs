using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    [Theory]
    [InlineData("image", "image/jpeg")]
    [InlineData("video", "video/mp4")]
    [InlineData("audio", "audio/wav")]
    [InlineData("file", "application/pdf")]
    public async Task An_upload_is_sent_by_its_id_and_Meta_fetches_the_very_bytes(string kind, string mime)
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var bytes = Sample(mime);
        var upload = (await UploadAsync(shop, bytes, mime)).Expect(201);
        (upload.Text("media_type"), upload.Text("mime_type"), upload.Text("size_bytes")).ShouldBe((kind, mime, $"{bytes.Length}"));

        var answer = (await SendUploadAsync(shop, customer, upload.Text("id")!)).Expect(200);

        answer.Text("status").ShouldBe("sent", answer.ToJsonString());
        var fetched = shop.Meta.Fetched.All.Where(file => file.Sha256 == Hash(bytes)).ShouldHaveSingleItem();
        (fetched.MimeType, fetched.Size).ShouldBe((mime, bytes.Length));
        fetched.Url.ShouldStartWith(new Uri(Product.Door, $"/media/outbound/{shop.AccountId}/med_").ToString());
        var row = (await shop.ThreadAsync(customer)).First(message => message.Text("direction") == "outbound");
        (row.Text("kind"), row.Text("attachments.0.state")).ShouldBe((kind, "kept"));
        using var seen = await ViewAsync(shop, row.Text("attachments.0.url")!);
        (await seen.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
    }

    [Fact]
    [InEveryForm]
    public async Task An_uploads_echo_finds_its_send_when_the_answer_is_lost()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var upload = (await UploadAsync(shop, MediaSamples.Jpeg())).Expect(201).Text("id")!;
        shop.Meta.SendFaults.Next(Fault.Presets["reset_accepted"], account: shop.InstagramId);

        var lost = (await SendUploadAsync(shop, customer, upload, AtOnce)).Expect(202).Text("message_id")!;

        await shop.BecameAsync(lost, "sent");
        shop.Meta.Sends.All.Count(send => send.Account == shop.InstagramId).ShouldBe(1);
        (await shop.ThreadAsync(customer)).Count(row => row.Text("direction") == "outbound").ShouldBe(1);
    }

    [Fact]
    [InEveryForm]
    public async Task A_form_sends_file_and_text_once_however_often_it_comes()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var bytes = MediaSamples.Png();
        var key = ("Idempotency-Key", "the picture");

        var first = (await SendFormAsync(shop, customer, bytes, key)).Expect(200);
        var again = await SendFormAsync(shop, customer, bytes, key);

        first.Text("status").ShouldBe("sent", first.ToJsonString());
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        again.Body.ShouldBe(first.ToJsonString());
        (await SendFormAsync(shop, customer, MediaSamples.Png(), key)).ExpectProblem(422, "idempotency_key_reused");
        shop.Meta.Sends.All.Where(send => send.Account == shop.InstagramId).Select(send => send.AttachmentType ?? send.Text)
            .ShouldBe(["image", "This one?"]);
        FilesWith(bytes).ShouldBe(1);
    }

    [Fact]
    public async Task An_upload_is_its_accounts_alone_and_its_address_is_nobodys_to_guess()
    {
        var (shop, stranger) = (await OpenShopAsync(), await OpenShopAsync());
        var customer = await stranger.NewWriterAsync();
        var upload = (await UploadAsync(shop, MediaSamples.Jpeg())).Expect(201);

        (await SendUploadAsync(stranger, customer, upload.Text("id")!)).ExpectProblem(422, "validation_failed");
        (await UploadAsync(shop, MediaSamples.Jpeg(), client: stranger.Api)).ExpectProblem(403, "account_not_yours");
        var url = new Uri(upload.Text("url")!);
        (await Anonymous.GetAsync(url.AbsolutePath)).ExpectProblem(404);
        (await Anonymous.GetAsync(url.PathAndQuery.Replace(shop.AccountId, stranger.AccountId, StringComparison.Ordinal)))
            .ExpectProblem(404);
        using var seen = await Viewer.GetAsync(url);
        ((int)seen.StatusCode, seen.Content.Headers.ContentType?.MediaType).ShouldBe((200, "image/jpeg"));
        seen.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        seen.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
    }

    [Fact]
    public async Task What_is_no_media_is_refused_at_the_door_too()
    {
        var shop = await OpenShopAsync();
        (await UploadAsync(shop, "<svg onload=alert(1)>"u8.ToArray(), "image/jpeg")).ExpectProblem(415, "type_not_allowed")
            .At("errors.file").ShouldNotBeNull();
        (await UploadAsync(shop, MediaSamples.Png(), "image/jpeg")).ExpectProblem(422, "type_mismatch").At("errors.file").ShouldNotBeNull();
        (await UploadAsync(shop, [.. MediaSamples.Jpeg(), .. new byte[8 * 1024 * 1024]])).ExpectProblem(413, "payload_too_large");
        (await UploadAsync(shop, new byte[27 * 1024 * 1024])).ExpectProblem(413, "payload_too_large");
        (await UploadAsync(shop, MediaSamples.Mp4(24 * 1024 * 1024))).Expect(201);
        (await shop.Api.SendAsync(HttpMethod.Post, "/api/v1/media", new ByteArrayContent(MediaSamples.Jpeg()))).ExpectProblem(415);
    }

    private async Task AnUploadLeavesNoRowAndNoFileUnderANameAsync(SharedKill kill)
    {
        var shop = await OpenShopAsync();
        var bytes = MediaSamples.Mp4(4_000_000);
        await kill.MomentAsync();
        var before = MediaFiles().ToHashSet();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(Product.Door.Host, Product.Door.Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/v1/media HTTP/1.1\r\nHost: {Product.Door.Authority}\r\nAuthorization: Bearer {shop.Key}\r\n"
                    + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 4100000\r\n\r\n--b\r\nContent-Disposition: "
                    + $"form-data; name=\"account_id\"\r\n\r\n{shop.AccountId}\r\n--b\r\nContent-Disposition: "
                    + "form-data; name=\"file\"\r\n\r\n"));
            await stream.WriteAsync(bytes.AsMemory(0, 3_000_000));
            await Reliability.Until.TrueAsync(
                () => MediaFiles().Any(file => !before.Contains(file) && new FileInfo(file) is { Exists: true, Length: >= 1_000_000 }),
                Patience.Long,
                () => "nothing was begun");
            await kill.HalfWayAsync();
        }

        FilesWith(bytes[..3_000_000]).ShouldBe(0);
        (await UploadAsync(shop, bytes, "video/mp4")).Expect(201);
        FilesWith(bytes).ShouldBe(1);
    }

    private static byte[] Sample(string mime) => mime switch
    {
        "image/jpeg" => MediaSamples.Jpeg(),
        "video/mp4" => MediaSamples.Mp4(),
        "audio/wav" => MediaSamples.Wav(),
        _ => MediaSamples.Pdf(),
    };

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Task<Answer> UploadAsync(Shop shop, byte[] bytes, string? mime = null, ApiClient? client = null) =>
        (client ?? shop.Api).SendAsync(HttpMethod.Post, "/api/v1/media", Form(shop, bytes, mime));

    private static Task<Answer> SendUploadAsync(Shop shop, Customer customer, string upload, params (string, string)[] headers) =>
        shop.Api.PostAsync(
            "/api/v1/messages/send",
            new { account_id = shop.AccountId, recipient_id = customer.Igsid, attachment_id = upload },
            headers.Length > 0 ? headers : [("Prefer", "wait=30")]);

    private static Task<Answer> SendFormAsync(Shop shop, Customer customer, byte[] bytes, params (string, string)[] headers)
    {
        var form = Form(shop, bytes, "image/png");
        form.Add(new StringContent(customer.Igsid), "recipient_id");
        form.Add(new StringContent("This one?"), "message");
        return shop.Api.SendAsync(HttpMethod.Post, "/api/v1/messages/send", form, [.. headers, ("Prefer", "wait=30")]);
    }

    private static MultipartFormDataContent Form(Shop shop, byte[] bytes, string? mime)
    {
        var part = new ByteArrayContent(bytes);
        if (mime is not null) part.Headers.ContentType = MediaTypeHeaderValue.Parse(mime);
        return new MultipartFormDataContent { { new StringContent(shop.AccountId), "account_id" }, { part, "file", "../../holiday.jpg" } };
    }
}
