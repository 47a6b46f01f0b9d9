using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    private static readonly HttpClient Viewer = new(new SocketsHttpHandler { UseCookies = false });

    private Cdn Cdn => Product.Simulator.Meta.Cdn;

    [Fact]
    [InEveryForm]
    public async Task A_picture_is_kept_and_shown_to_whoever_may_see_its_message()
    {
        var (shop, stranger) = (await OpenShopAsync(), await OpenShopAsync());
        var (url, bytes) = NewPicture(50_000);
        var mid = await shop.NewCustomer().ShowAsync("image", url);
        (await shop.ReceivedAsync(mid)).Event.Text("data.message.attachments.0.state").ShouldBe("fetching");

        var kept = await MediaAsync(shop, mid, "kept");
        var path = kept.Text("url")!;
        path.ShouldBe($"/media/attachments/{kept.Text("id")}");
        (kept.Text("mime_type"), kept.Text("size_bytes")).ShouldBe(("image/jpeg", "50000"));

        using var whole = await ViewAsync(shop, path);
        (await whole.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        ((int)whole.StatusCode, whole.Content.Headers.ContentType?.MediaType).ShouldBe((200, "image/jpeg"));
        whole.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        whole.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
        // The one answer to a caller that is kept at all; docs/operations.md says why.
        whole.Headers.CacheControl!.ToString().ShouldBe("must-revalidate, max-age=60, private");
        whole.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
        using var part = await ViewAsync(shop, path, request => request.Headers.Range = new RangeHeaderValue(100, 199));
        ((int)part.StatusCode).ShouldBe(206);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[100..200]);
        using var same = await ViewAsync(shop, path, request => request.Headers.IfNoneMatch.Add(whole.Headers.ETag!));
        ((int)same.StatusCode).ShouldBe(304);

        (await stranger.Api.GetAsync(path)).ExpectProblem(404, "not_found");
        (await Anonymous.GetAsync(path)).ExpectProblem(401);
    }

    [Fact]
    public async Task A_picture_is_shown_small_where_many_are_shown()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var picture = await MediaAsync(shop, await customer.ShowAsync("image", Address("any")), "kept");
        var path = picture.Text("url")!;
        var longer = Math.Max(int.Parse(picture.Text("width")!), int.Parse(picture.Text("height")!));

        using var small = await ViewAsync(shop, $"{path}?size=32");
        ((int)small.StatusCode, small.Content.Headers.ContentType?.MediaType).ShouldBe((200, "image/jpeg"));
        longer.ShouldBeGreaterThan(32);
        small.Headers.CacheControl!.ToString().ShouldBe("must-revalidate, max-age=60, private");
        small.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
        (await shop.Api.GetAsync($"{path}?size=5000")).ExpectProblem(400);
        (await shop.Api.GetAsync($"{path}?size=big")).ExpectProblem(400);

        var noise = await MediaAsync(shop, await customer.ShowAsync("image", NewPicture(1000).Url), "kept");
        (await shop.Api.GetAsync($"{noise.Text("url")}?size=320")).ExpectProblem(404, "no_thumbnail");
    }

    [Fact]
    public async Task A_dead_link_a_page_and_a_link_to_nowhere_harm_nothing_else()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var page = Address("page");
        Cdn.Put(NameOf(page), "<html><script>alert(1)</script>"u8.ToArray());
        var dead = await customer.ShowAsync("image", Address("gone"));
        var html = await customer.ShowAsync("image", page);
        var good = await customer.ShowAsync("image", NewPicture(1000).Url);

        var expired = await MediaAsync(shop, dead, "expired");
        (await shop.Api.GetAsync(expired.Text("url")!)).ExpectProblem(410, "media_expired");
        var failed = await MediaAsync(shop, html, "failed");
        (await shop.Api.GetAsync(failed.Text("url")!)).ExpectProblem(410, "media_failed");
        await MediaAsync(shop, good, "kept");
        (await shop.ThreadAsync(customer)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_taken_back_is_not_shown_any_more_and_its_file_is_gone()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var (url, bytes) = NewPicture(20_000);
        var mid = await customer.ShowAsync("image", url);
        var kept = await MediaAsync(shop, mid, "kept");
        FilesWith(bytes).ShouldBe(1);

        await customer.UnsendAsync(mid);

        await shop.Events.WaitForAsync("message.deleted", "data.message.instagram_message_id", mid);
        (await shop.Api.GetAsync(kept.Text("url")!)).ExpectProblem(404, "not_found");
        await Until.TrueAsync(() => FilesWith(bytes) == 0, Patience.Long, () => "the file is still there");
    }

    [Fact]
    public async Task An_account_chooses_what_becomes_of_its_media()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        (await shop.Api.GetAsync($"/api/v1/accounts/{shop.AccountId}")).Expect(200).At("media")!.ToJsonString()
            .ShouldBe("""{"mode":"keep","keep_days":90}""");
        (await shop.Api.PatchAsync($"/api/v1/accounts/{shop.AccountId}", new { media = new { mode = "hoard", keep_days = 0 } }))
            .ExpectProblem(422).At("errors")!.AsObject().Select(error => error.Key).ShouldBe(["media.mode", "media.keep_days"]);

        (await shop.Api.PatchAsync($"/api/v1/accounts/{shop.AccountId}", new { media = new { mode = "link" } })).Expect(200);
        var (linked, _) = NewPicture(1000);
        var first = (await shop.ReceivedAsync(await customer.ShowAsync("image", linked))).Event.At("data.message.attachments.0");
        (first.Text("state"), first.Text("url")).ShouldBe(("remote", linked));
        (await shop.Api.GetAsync($"/media/attachments/{first.Text("id")}")).ExpectProblem(404, "media_not_kept");

        (await shop.Api.PatchAsync($"/api/v1/accounts/{shop.AccountId}", new { media = new { mode = "proxy" } })).Expect(200)
            .Text("media.keep_days").ShouldBe("90");
        var (passed, bytes) = NewPicture(1000);
        var mid = await customer.ShowAsync("image", passed);
        var second = (await shop.ReceivedAsync(mid)).Event.At("data.message.attachments.0");
        second.Text("state").ShouldBe("remote");
        Cdn.Fetches(NameOf(passed)).ShouldBe(0);
        using var seen = await FetchedAsync(shop, second.Text("url")!);
        (await seen.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        foreach (var state in (string[])["fetching", "kept"]) await MediaAsync(shop, mid, state);
        Cdn.Fetches(NameOf(linked)).ShouldBe(0);
    }

    private async Task DownloadsLoseNoFileAndLeaveNoneWithoutARowAsync(SharedKill kill)
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var pictures = Enumerable.Range(0, 24).Select(_ => NewPicture(30_000)).ToList();
        var (asked, over, count) = (new SemaphoreSlim(0), new TaskCompletionSource(), 0);
        foreach (var (url, bytes) in pictures)
        {
            Cdn.Answer(NameOf(url), async http =>
            {
                // Half now and half later, of all but the first only after the kill: it finds some in each state.
                var late = Interlocked.Increment(ref count) > 4;
                http.Response.ContentType = "image/jpeg";
                await http.Response.Body.WriteAsync(bytes.AsMemory(0, 15_000));
                await http.Response.Body.FlushAsync();
                asked.Release();
                if (late) await over.Task.WaitAsync(http.RequestAborted);
                await http.Response.Body.WriteAsync(bytes.AsMemory(15_000));
            });
        }

        var mids = new List<string>();
        foreach (var (url, _) in pictures) mids.Add(await customer.ShowAsync("image", url));
        for (var n = 0; n < 8; n++) (await asked.WaitAsync(Patience.Long)).ShouldBeTrue($"only {n} pictures were asked for");
        await kill.HalfWayAsync();
        over.SetResult();

        await using var events = await shop.Api.ListenAsync();
        foreach (var mid in mids) await MediaAsync(events, mid, "kept", TimeSpan.FromMinutes(3));
        var named = KeptFiles(shop);
        named.Count.ShouldBe(pictures.Count);
        foreach (var (_, bytes) in pictures) Path.GetFileName(NamesWith(bytes).ShouldHaveSingleItem()).ShouldBeOneOf([.. named]);
    }

    /// <summary>The files that the store's rows name, as they lie in its database.</summary>
    private List<string> KeptFiles(Shop shop)
    {
        using var connection = ((ProductBase)Product).StoreConnection();
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT file FROM attachments WHERE state = 'Kept' AND message_id IN "
            + $"(SELECT id FROM messages WHERE account_id = '{shop.AccountId}')";
        using var rows = select.ExecuteReader();
        var files = new List<string>();
        while (rows.Read()) files.Add(rows.GetString(0));
        return files;
    }

    /// <summary>An address at Meta's CDN that no other test uses.</summary>
    private string Address(string name) => new Uri(Product.Simulator.BaseAddress, $"cdn/{name}{Shop.NewNumber()}").ToString();

    /// <summary>A picture of its own, as far as its first bytes tell.</summary>
    private (string Url, byte[] Bytes) NewPicture(int size)
    {
        byte[] bytes = [0xFF, 0xD8, 0xFF, 0xE0, .. RandomNumberGenerator.GetBytes(size - 4)];
        var url = Address("picture");
        Cdn.Put(NameOf(url), bytes);
        return (url, bytes);
    }

    private static string NameOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    private static Task<JsonNode> MediaAsync(Shop shop, string mid, string state) =>
        MediaAsync(shop.Events, mid, state, Patience.Long);

    /// <summary>The first attachment of a message, once it has a state.</summary>
    private static async Task<JsonNode> MediaAsync(EventTap events, string mid, string state, TimeSpan atMost)
    {
        var told = await events.WaitForAsync(
            tapped => tapped.Type == "message.media" && tapped.Event.Text("data.message.instagram_message_id") == mid
                && tapped.Event.Text("data.message.attachments.0.state") == state, 1, atMost);
        return told[0].Event.At("data.message.attachments.0")!;
    }

    /// <summary>As a browser does that is told to ask again: what is fetched for somebody to look at is not always there at once.</summary>
    private async Task<HttpResponseMessage> FetchedAsync(Shop shop, string path)
    {
        while (true)
        {
            var seen = await ViewAsync(shop, path);
            if (seen.StatusCode != HttpStatusCode.ServiceUnavailable) return seen;
            await Task.Delay(seen.Headers.RetryAfter!.Delta!.Value, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task<HttpResponseMessage> ViewAsync(Shop shop, string path, Action<HttpRequestMessage>? more = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Product.Door, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.Key);
        more?.Invoke(request);
        return await Viewer.SendAsync(request);
    }

    /// <summary>
    /// How many files have these bytes under a name of the media storage. A process that was killed before it gave a file its name leaves
    /// one that ends in <c>.part</c>, which the sweep of orphans removes.
    /// </summary>
    private int FilesWith(byte[] bytes) => NamesWith(bytes).Count;

    private IEnumerable<string> MediaFiles() => ((ProductBase)Product).Folder.All("med_*");

    private List<string> NamesWith(byte[] bytes) =>
    [
        .. MediaFiles().Where(file => Path.GetExtension(file).Length == 0)
            .Where(file => new FileInfo(file).Length == bytes.Length && File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes)),
    ];
}
