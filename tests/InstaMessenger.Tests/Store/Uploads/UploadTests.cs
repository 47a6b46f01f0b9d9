using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Media;
using InstaMessenger.Store.Uploads;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Uploads;

/// <summary>A store that takes uploads from a program.</summary>
public abstract class UploadTests : SendTests
{
    private protected const string Door = "https://inbox.example";

    private protected static CancellationToken End => TestContext.Current.CancellationToken;

    private protected override Dictionary<string, string?> Settings => new() { ["Public:BaseUrl"] = Door + "/" };

    /// <summary>The files of the media storage, finished or not.</summary>
    private protected IReadOnlyList<string> Files => Directory.Exists(Path.Combine(Store.Folder, "media"))
        ? Directory.GetFiles(Path.Combine(Store.Folder, "media"), "*", SearchOption.AllDirectories)
        : [];

    private protected async Task<HttpResponseMessage> UploadAsync(
        byte[] file, string? type = null, HttpClient? client = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/media")
        {
            Content = Form(file, type, ("account_id", Account.Id.Value)),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await (client ?? Crm).SendAsync(request, End);
    }

    private protected async Task<string> UploadedAsync(byte[] file, string? type = null)
    {
        var answer = await UploadAsync(file, type);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(End));
        return (await Json(answer)).GetProperty("id").GetString()!;
    }

    private protected static MultipartFormDataContent Form(byte[] file, string? type, params (string Name, string Value)[] texts)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in texts) form.Add(new StringContent(value), name);
        var part = new ByteArrayContent(file);
        if (type is not null) part.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        form.Add(part, "file", "holiday.jpg");
        return form;
    }

    /// <summary>Fetches an address of ours as Meta does: without a credential, and from the store itself instead of the gateway.</summary>
    private protected async Task<HttpResponseMessage> FetchAsync(string url, HttpMethod? method = null)
    {
        url.ShouldStartWith(Door + "/media/outbound/");
        using var meta = new HttpClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(Store.Address, url[Door.Length..]));
        return await meta.SendAsync(request, End);
    }

    /// <summary>Sweeps uploads and attachments, and waits until nothing is left to remove.</summary>
    private protected async Task SweepAsync()
    {
        await Store.Services.GetRequiredService<UploadSweep>().RoundAsync(End);
        await Store.Services.GetRequiredService<MediaExpiry>().RoundAsync(End);
        await Store.Services.GetRequiredService<MediaPurgeWorker>().RoundAsync(End);
        await Until(async () =>
        {
            await using var db = Store.Read();
            return !await db.Set<MediaPurge>().AnyAsync(End);
        });
    }

    private protected static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}

[BeginsEarly]
public sealed class UploadMediaTests : UploadTests
{
    [Fact]
    public async Task A_file_is_kept_and_Meta_fetches_it_without_a_credential()
    {
        var picture = MediaSamples.Jpeg(640, 480);

        var answer = await UploadAsync(picture, "image/jpeg");

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var upload = await Json(answer);
        Text(upload, "id").ShouldStartWith("up_");
        (Text(upload, "media_type"), Text(upload, "mime_type"), upload.GetProperty("size_bytes").GetInt64())
            .ShouldBe(("image", "image/jpeg", picture.Length));
        (upload.GetProperty("width").GetInt32(), upload.GetProperty("height").GetInt32()).ShouldBe((640, 480));
        upload.GetProperty("expires_at").GetDateTimeOffset().ShouldBe(Clock.GetUtcNow().AddHours(24));
        var fetched = await FetchAsync(Text(upload, "url")!);
        (fetched.StatusCode, fetched.Content.Headers.ContentType?.MediaType).ShouldBe((HttpStatusCode.OK, "image/jpeg"));
        (await fetched.Content.ReadAsByteArrayAsync(End)).ShouldBe(picture);
        fetched.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        fetched.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
        (await FetchAsync(Text(upload, "url")!, HttpMethod.Head)).Content.Headers.ContentLength.ShouldBe(picture.Length);
        (await fetched.Content.ReadAsStringAsync(End)).ShouldNotContain("holiday");
        Text(upload, "url")!.ShouldNotContain("holiday");
        Files.ShouldHaveSingleItem().ShouldNotContain("holiday");
    }

    [Fact]
    public async Task The_same_file_again_with_its_key_is_the_upload_that_there_is_and_nothing_of_it_is_kept()
    {
        var picture = MediaSamples.Jpeg(64, 48);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => UploadAsync(picture, "image/jpeg", key: "k1")));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        (await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync(End)))).Distinct().ShouldHaveSingleItem();
        answers.Count(answer => answer.Headers.Contains("Idempotent-Replayed")).ShouldBe(3);
        Files.ShouldHaveSingleItem();
        var other = await UploadAsync(MediaSamples.Jpeg(32, 24), "image/jpeg", key: "k1");
        Text(await Json(other), "code").ShouldBe("idempotency_key_reused");
        Files.ShouldHaveSingleItem();
        (await UploadAsync(picture, "image/jpeg", key: "k2")).Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    [Theory]
    [InlineData("png", "image", "image/png", "image/png")]
    [InlineData("gif", "image", "image/gif", "application/octet-stream")]
    [InlineData("mp4", "video", "video/mp4", "video/mp4; codecs=avc1")]
    [InlineData("mp4", "audio", "audio/mp4", "audio/x-m4a")]
    [InlineData("mov", "video", "video/quicktime", null)]
    [InlineData("webm", "video", "video/webm", "video/webm")]
    [InlineData("avi", "video", "video/x-msvideo", "video/avi")]
    [InlineData("ogg", "video", "video/ogg", "application/ogg")]
    [InlineData("aac", "audio", "audio/aac", null)]
    [InlineData("wav", "audio", "audio/wav", "audio/x-wav")]
    [InlineData("pdf", "file", "application/pdf", "application/pdf")]
    public async Task Each_type_that_Instagram_takes_is_known_by_its_bytes(string sample, string media, string mime, string? declared)
    {
        var upload = await Json(await UploadAsync(Sample(sample), declared));

        (Text(upload, "media_type"), Text(upload, "mime_type")).ShouldBe((media, mime));
        (await FetchAsync(Text(upload, "url")!)).Content.Headers.ContentType?.MediaType.ShouldBe(mime);
    }

    [Theory]
    [InlineData("nothing", null, 422, "empty_file")]
    [InlineData("html", "image/jpeg", 415, "type_not_allowed")]
    [InlineData("svg", "image/jpeg", 415, "type_not_allowed")]
    [InlineData("svg", "image/svg+xml", 415, "type_not_allowed")]
    [InlineData("zip", "application/pdf", 415, "type_not_allowed")]
    [InlineData("webp", "image/webp", 415, "type_not_allowed")]
    [InlineData("mp3", "audio/mpeg", 415, "type_not_allowed")]
    [InlineData("jpg", "image/png", 422, "type_mismatch")]
    [InlineData("jpg", "application/pdf", 422, "type_mismatch")]
    [InlineData("pdf", "image/jpeg", 422, "type_mismatch")]
    [InlineData("webm", "audio/webm", 422, "type_mismatch")]
    [InlineData("jpg", "text/html", 422, "type_mismatch")]
    [InlineData("jpg+html", "image/jpeg", 415, "type_not_allowed")]
    [InlineData("png+zip", "image/png", 415, "type_not_allowed")]
    [InlineData("gif+js", "image/gif", 422, "file_unreadable")]
    [InlineData("pdf+zip", "application/pdf", 415, "type_not_allowed")]
    [InlineData("webm+zip", "video/webm", 415, "type_not_allowed")]
    [InlineData("ogg+zip", "video/ogg", 415, "type_not_allowed")]
    [InlineData("aac+zip", "audio/aac", 415, "type_not_allowed")]
    [InlineData("half a jpg", "image/jpeg", 422, "file_truncated")]
    [InlineData("half an mp4", "video/mp4", 422, "file_truncated")]
    [InlineData("half a pdf", "application/pdf", 422, "file_truncated")]
    [InlineData("noise as jpg", "image/jpeg", 422, "file_unreadable")]
    [InlineData("bomb", "image/png", 422, "too_many_pixels")]
    [InlineData("large picture", "image/jpeg", 413, "payload_too_large")]
    [InlineData("large film", "video/mp4", 413, "payload_too_large")]
    public async Task What_Instagram_would_refuse_or_a_browser_would_run_is_refused_and_leaves_nothing(
        string sample, string? declared, int status, string code)
    {
        var answer = await UploadAsync(Sample(sample), declared);

        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync(End));
        var problem = await Json(answer);
        Text(problem, "code").ShouldBe(code);
        problem.GetProperty("errors").GetProperty("file").GetArrayLength().ShouldBe(1);
        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task What_is_as_large_as_Instagram_takes_is_taken()
    {
        const int MiB = 1024 * 1024;
        var film = MediaSamples.Mp4(25 * MiB - 100);
        (await UploadAsync([.. MediaSamples.Jpeg(), .. new byte[8 * MiB - 5000]])).StatusCode.ShouldBe(HttpStatusCode.Created);

        var answer = await UploadAsync(film, "video/mp4");

        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(End));
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("..\\..\\boot.ini")]
    [InlineData("a%0d%0aSet-Cookie: x=1.jpg")]
    [InlineData("/dev/null")]
    [InlineData("наша собака 🐕.jpg")]
    [InlineData("CON")]
    [InlineData("%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("..%2f..%2fholiday.jpg")]
    [InlineData("holiday%00.jpg")]
    [InlineData("holiday\0.jpg")]
    [InlineData("..")]
    public async Task Nothing_of_a_files_name_reaches_the_disk_or_an_answer(string name)
    {
        var picture = MediaSamples.Png();
        var body = $"--b\r\nContent-Disposition: form-data; name=\"account_id\"\r\n\r\n{Account.Id}\r\n--b\r\nContent-Disposition: "
            + $"form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n";

        var answer = await PostRawAsync([.. System.Text.Encoding.UTF8.GetBytes(body), .. picture, .. "\r\n--b--\r\n"u8]);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(End));
        Path.GetFileName(Files.ShouldHaveSingleItem()).ShouldMatch("^med_[0-9a-f]{32}$");
        (await answer.Content.ReadAsStringAsync(End)).ShouldNotContain(name);
    }

    [Theory]
    [InlineData("no boundary", 400, "bad_multipart", "content_type")]
    [InlineData("long boundary", 400, "bad_multipart", "content_type")]
    [InlineData("other boundary", 400, "bad_multipart", "body")]
    [InlineData("no end", 400, "bad_multipart", "body")]
    [InlineData("many parts", 400, "bad_multipart", "body")]
    [InlineData("many headers", 400, "bad_multipart", "body")]
    [InlineData("long header", 400, "bad_multipart", "body")]
    [InlineData("long text", 400, "bad_multipart", "body")]
    [InlineData("no disposition", 400, "bad_multipart", "body")]
    [InlineData("two files", 422, "validation_failed", "file")]
    [InlineData("unknown field", 422, "validation_failed", "acount_id")]
    [InlineData("account twice", 422, "validation_failed", "account_id")]
    [InlineData("broken text", 422, "validation_failed", "account_id")]
    [InlineData("no file", 422, "validation_failed", "file")]
    [InlineData("no account", 422, "validation_failed", "account_id")]
    [InlineData("a wrong account", 422, "validation_failed", "account_id")]
    public async Task A_form_that_is_none_or_holds_something_else_is_refused_by_the_fields_name(
        string fault, int status, string code, string field)
    {
        var (type, body) = Faulty(fault);

        var answer = await PostRawAsync(body, type);

        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync(End));
        var problem = await Json(answer);
        (Text(problem, "code"), problem.GetProperty("errors").EnumerateObject().Single().Name).ShouldBe((code, field));
        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task A_body_that_is_shorter_than_it_says_leaves_nothing()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(Store.Address.Host, Store.Address.Port, End);
        await using var stream = client.GetStream();
        var head = $"POST /api/v1/media HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer crm\r\nContent-Type: multipart/form-data; "
            + "boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(head), End);
        await stream.WriteAsync(MediaSamples.Jpeg(), End);

        client.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        using var reader = new StreamReader(stream);
        try
        {
            // An answer, or none: nobody is there to read it.
            (await reader.ReadToEndAsync(End)).ShouldNotContain("HTTP/1.1 2");
        }
        catch (IOException)
        {
            // The server has cut it off.
        }

        await Until(() => Files.Count == 0);
        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task Anything_but_a_form_is_415()
    {
        var answer = await Crm.PostAsync("/api/v1/media", new ByteArrayContent(MediaSamples.Jpeg()), End);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        Text(await Json(answer), "code").ShouldBe("unsupported_media_type");
    }

    [Fact]
    public async Task Nobody_uploads_for_anothers_account_whichever_comes_first()
    {
        var other = await Store.LinkAsync("17841400000000099");
        foreach (var isBefore in (bool[])[true, false])
        {
            var form = isBefore ? Form(MediaSamples.Jpeg(), null, ("account_id", other.Id.Value)) : Form(MediaSamples.Jpeg(), null);
            if (!isBefore) form.Add(new StringContent(other.Id.Value), "account_id");
            var answer = await Crm.PostAsync("/api/v1/media", form, End);
            (answer.StatusCode, Text(await Json(answer), "code")).ShouldBe((HttpStatusCode.Forbidden, "account_not_yours"));
        }

        (await Store.Client("nobody").PostAsync("/api/v1/media", Form(MediaSamples.Jpeg(), null), End)).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
        await NothingIsKeptAsync();
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("expires")]
    [InlineData("account")]
    [InlineData("file")]
    [InlineData("extension")]
    [InlineData("nothing at all")]
    public async Task An_address_that_is_changed_leads_nowhere(string what)
    {
        var url = Text(await Json(await UploadAsync(MediaSamples.Jpeg())), "url")!;
        var changed = what switch
        {
            "signature" => url[..^2] + (url[^2] == 'A' ? "BA" : "AA"),
            "expires" => url.Replace("expires=", "expires=9", StringComparison.Ordinal),
            "account" => url.Replace(Account.Id.Value, "acc_1", StringComparison.Ordinal),
            "file" => url.Replace("med_", "med_0", StringComparison.Ordinal),
            "extension" => url.Replace(".jpg?", ".html?", StringComparison.Ordinal),
            _ => url.Split('?')[0],
        };

        (await FetchAsync(changed)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await FetchAsync(url)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task When_its_time_is_over_it_can_be_neither_fetched_nor_sent_and_its_file_goes()
    {
        var upload = await Json(await UploadAsync(MediaSamples.Jpeg()));
        Clock.Advance(TimeSpan.FromHours(24));

        var fetched = await FetchAsync(Text(upload, "url")!);
        (fetched.StatusCode, Text(await Json(fetched), "code")).ShouldBe((HttpStatusCode.Gone, "address_expired"));
        (await SendAsync($$"""{TO,"attachment_id":"{{Text(upload, "id")}}"}""")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await SweepAsync();

        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task The_uploads_of_an_account_that_is_unlinked_go()
    {
        await UploadedAsync(MediaSamples.Jpeg());
        await Store.UnitOfWork.ExecuteAsync(async scope =>
            (await scope.Db.Accounts.SingleAsync(row => row.Id == Account.Id)).Unlink(Clock.GetUtcNow()));

        await SweepAsync();

        await NothingIsKeptAsync();
    }

    [Fact]
    public async Task What_an_account_may_keep_of_uploads_has_a_limit()
    {
        var limit = Store.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<MediaOptions>>().Value;
        limit.UploadBytesPerAccount = 1000;
        await UploadedAsync(MediaSamples.Pdf(300));

        var answer = await UploadAsync(MediaSamples.Pdf(700));

        (answer.StatusCode, Text(await Json(answer), "code")).ShouldBe((HttpStatusCode.Conflict, "too_many_uploads"));
        Files.Count.ShouldBe(1);
        Clock.Advance(TimeSpan.FromHours(24));
        await UploadedAsync(MediaSamples.Pdf(700));
    }

    [Fact]
    public async Task The_sweep_of_orphans_knows_the_files_of_uploads_and_finds_what_a_killed_process_left()
    {
        // Files have the time of the disk.
        Clock.Advance(TimeProvider.System.GetUtcNow() - Clock.GetUtcNow());
        Store.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<MediaOptions>>().Value.UploadHours = 72;
        var upload = await Json(await UploadAsync(MediaSamples.Jpeg()));
        var left = MediaFile.New();
        await Store.Services.GetRequiredService<IMediaStore>().WriteAsync(left, new MemoryStream(MediaSamples.Jpeg()), End);
        Clock.Advance(TimeSpan.FromDays(2));
        var sweep = Store.Services.GetRequiredService<OrphanSweep>();
        await sweep.Lease.TryTakeAsync(End);

        await sweep.RoundAsync(End);

        Text(upload, "url")!.ShouldContain(Path.GetFileName(Files.ShouldHaveSingleItem()));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_keeps_no_other_from_being_swept()
    {
        await UploadedAsync(MediaSamples.Jpeg());
        await Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync($"UPDATE uploads SET file = 'none'"));
        await UploadedAsync(MediaSamples.Png());
        Clock.Advance(TimeSpan.FromHours(24));

        for (var round = 0; round < 4; round++)
        {
            await SweepAsync();
            Clock.Advance(TimeSpan.FromSeconds(10));
        }

        await using var db = Store.Read();
        (await db.Set<Upload>().CountAsync(End)).ShouldBe(0);
        Files.Count.ShouldBe(1, "of the file that nobody names any more the sweep of orphans knows");
    }

    [Fact]
    public async Task The_public_address_proves_that_it_leads_here()
    {
        var address = Store.Services.GetRequiredService<PublicAddress>();
        using var anybody = new HttpClient { BaseAddress = Store.Address };
        (await anybody.GetStringAsync("/media/outbound/trial?challenge=abc1", End)).ShouldBe(address.Proof("abc1"));
        (await anybody.GetAsync("/media/outbound/trial?challenge=a%0Ab", End)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anybody.GetAsync("/media/outbound/trial", End)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static byte[] Sample(string name) => name switch
    {
        "nothing" => [],
        "jpg" => MediaSamples.Jpeg(),
        "png" => MediaSamples.Png(),
        "gif" => MediaSamples.Gif(),
        "mp4" => MediaSamples.Mp4(),
        "mov" => MediaSamples.Mp4(brand: "qt  "),
        "webm" => MediaSamples.WebM(),
        "avi" => MediaSamples.Avi(),
        "ogg" => MediaSamples.Ogg(),
        "aac" => MediaSamples.Aac(),
        "wav" => MediaSamples.Wav(),
        "pdf" => MediaSamples.Pdf(),
        "html" => [.. "<!DOCTYPE html><script>alert(1)</script>"u8],
        "svg" => [.. "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"u8],
        "zip" => [.. "PK\u0003\u0004"u8, .. new byte[100]],
        "webp" => [.. "RIFF"u8, 100, 0, 0, 0, .. "WEBPVP8 "u8, .. new byte[92]],
        "mp3" => [.. "ID3"u8, .. new byte[100]],
        "jpg+html" => [.. MediaSamples.Jpeg(), .. "<html><script>alert(1)</script>"u8],
        "png+zip" => [.. MediaSamples.Png(), .. "PK\u0003\u0004"u8, .. new byte[100]],
        "gif+js" => [.. "GIF89a/*"u8, .. new byte[20], .. "*/=1;alert(document.domain);"u8],
        "pdf+zip" => [.. MediaSamples.Pdf(), .. "PK\u0005\u0006"u8, .. new byte[18]],
        "webm+zip" => [.. MediaSamples.WebM(), .. "PK\u0005\u0006"u8, .. new byte[18]],
        "ogg+zip" => [.. MediaSamples.Ogg(), .. "PK\u0005\u0006"u8, .. new byte[18]],
        "aac+zip" => [.. MediaSamples.Aac(), .. "PK\u0005\u0006"u8, .. new byte[18]],
        "half a jpg" => MediaSamples.Jpeg(200, 200)[..600],
        "half an mp4" => MediaSamples.Mp4()[..1000],
        "half a pdf" => MediaSamples.Pdf()[..300],
        "noise as jpg" => [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[500]],
        "bomb" => MediaSamples.Bomb(60_000),
        "large picture" => [.. MediaSamples.Jpeg(), .. new byte[8 * 1024 * 1024]],
        "large film" => MediaSamples.Mp4(25 * 1024 * 1024),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private (string? Type, byte[] Body) Faulty(string fault)
    {
        const string Good = "multipart/form-data; boundary=b";
        var account = Part("account_id", Account.Id.Value);
        byte[] file = [.. Head("file"), .. MediaSamples.Png(), .. "\r\n"u8];
        byte[] end = [.. "--b--\r\n"u8];
        return fault switch
        {
            "no boundary" => ("multipart/form-data", [.. account, .. file, .. end]),
            "long boundary" => ($"multipart/form-data; boundary={new string('b', 71)}", [.. account, .. file, .. end]),
            "other boundary" => ("multipart/form-data; boundary=c", [.. account, .. file, .. end]),
            "no end" => (Good, [.. account, .. file]),
            "many parts" => (Good, [.. Enumerable.Repeat(account, 50).SelectMany(part => part), .. end]),
            "many headers" => (Good, [.. Head("file", string.Concat(Enumerable.Range(0, 20).Select(n => $"X-{n}: 1\r\n"))), .. end]),
            "long header" => (Good, [.. Head("file", $"X: {new string('x', 10_000)}\r\n"), .. end]),
            "long text" => (Good, [.. Part("account_id", new string('a', 100_000)), .. end]),
            "no disposition" => (Good, [.. "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"u8, .. end]),
            "two files" => (Good, [.. account, .. file, .. file, .. end]),
            "unknown field" => (Good, [.. Part("acount_id", "x"), .. file, .. end]),
            "account twice" => (Good, [.. account, .. account, .. file, .. end]),
            "broken text" => (Good, [.. Head("account_id"), 0xC3, 0x28, .. "\r\n"u8, .. file, .. end]),
            "no file" => (Good, [.. account, .. end]),
            "no account" => (Good, [.. file, .. end]),
            "a wrong account" => (Good, [.. Part("account_id", "7"), .. file, .. end]),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    }

    private static byte[] Part(string name, string value) => [.. Head(name), .. System.Text.Encoding.UTF8.GetBytes(value + "\r\n")];

    private static byte[] Head(string name, string more = "") =>
        System.Text.Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n{more}\r\n");

    private Task<HttpResponseMessage> PostRawAsync(byte[] body, string? type = "multipart/form-data; boundary=b")
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Crm.PostAsync("/api/v1/media", content, End);
    }

    private async Task NothingIsKeptAsync()
    {
        Files.ShouldBeEmpty();
        await using var db = Store.Read();
        (await db.Set<Upload>().CountAsync(End)).ShouldBe(0);
    }
}
