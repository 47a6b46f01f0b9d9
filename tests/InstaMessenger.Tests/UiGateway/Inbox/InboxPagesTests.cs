using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using InstaMessenger.UiGateway.Inbox;

namespace InstaMessenger.Tests.UiGateway.Inbox;

public sealed partial class InboxPagesTests
{
    /// <summary>Of all script that the page asks for before it shows anything, compressed.</summary>
    private const int MostScriptBytes = 95_000;

    [Theory]
    [InlineData("/")]
    [InlineData("/inbox")]
    [InlineData("/inbox/cnv_any?queue=unread")]
    public async Task The_page_needs_no_credential_and_loads_nothing_from_elsewhere(string path)
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);

        var answer = await gateway.Http.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType?.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Headers.CacheControl?.NoCache.ShouldBeTrue();
        var html = await answer.Content.ReadAsStringAsync();
        html.ShouldContain("href=\"/docs\"");
        Sources(html).ShouldNotBeEmpty();
        Sources(html).ShouldAllBe(source => source.StartsWith('/') && !source.StartsWith("//", StringComparison.Ordinal));
        foreach (var inline in (string[])["<style", "style=", "onload=", "<script>"]) html.ShouldNotContain(inline);
    }

    [Fact]
    public async Task All_that_the_page_names_is_there()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);

        foreach (var source in Sources(await gateway.Http.GetStringAsync("/")))
            (await gateway.Http.GetAsync(source)).StatusCode.ShouldBe(HttpStatusCode.OK, source);
    }

    [Fact]
    public async Task The_policy_lets_the_page_run_its_own_files_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);

        var policy = (await gateway.Http.GetAsync("/")).Headers.GetValues("Content-Security-Policy").Single();

        policy.ShouldContain("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;");
        policy.ShouldContain("require-trusted-types-for 'script'; trusted-types vue");
        policy.ShouldNotContain("unsafe");
    }

    [Fact]
    public async Task A_file_whose_name_tells_its_content_is_kept_by_browsers_for_a_year()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);

        var asset = await gateway.Http.GetAsync("/" + Assets().First());

        asset.Headers.CacheControl?.ToString().ShouldBe("public, max-age=31536000, immutable");
        (await gateway.Http.GetAsync("/assets/none-12345678.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await gateway.Http.GetAsync("/boot.js")).Headers.CacheControl?.NoCache.ShouldBeTrue();
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("identity", null)]
    [InlineData("", null)]
    public async Task A_file_comes_in_the_smallest_form_that_the_client_reads(string accepted, string? sent)
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        var answer = await gateway.Http.SendAsync(request);

        answer.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(sent);
        answer.Headers.Vary.ShouldContain("Accept-Encoding");
        await using var body = await answer.Content.ReadAsStreamAsync();
        await using Stream plain = sent switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        (await new StreamReader(plain).ReadToEndAsync()).ShouldStartWith("<!doctype html>");
    }

    [Fact]
    public async Task A_file_that_the_client_has_is_not_sent_again()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.IfNoneMatch.Add((await gateway.Http.GetAsync("/")).Headers.ETag!);

        (await gateway.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Its_files_are_not_counted_against_an_address()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(
            folder, upstream: null, "RateLimits:PerAddressBurst=1", "RateLimits:PerAddressPerSecond=1");
        var asset = "/" + Assets().First();

        for (var n = 0; n < 5; n++) (await gateway.Http.GetAsync(asset)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_first_view_asks_for_at_most_95_kB_of_script()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await GatewayHost.StartAsync(folder);
        var total = 0;
        var scripts = Sources(await gateway.Http.GetStringAsync("/")).Where(source => source.EndsWith(".js", StringComparison.Ordinal));
        foreach (var source in scripts)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, source);
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            total += (await (await gateway.Http.SendAsync(request)).Content.ReadAsByteArrayAsync()).Length;
        }

        total.ShouldBeInRange(10_000, MostScriptBytes);
    }

    private static IEnumerable<string> Assets() => InboxFiles.All.Keys.Where(path => path.StartsWith("assets/", StringComparison.Ordinal));

    private static List<string> Sources(string html) => [.. Source().Matches(html).Select(match => match.Groups["path"].Value)
        .Where(path => path != "/docs")];

    [GeneratedRegex("(?:src|href)=\"(?<path>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Source();
}
