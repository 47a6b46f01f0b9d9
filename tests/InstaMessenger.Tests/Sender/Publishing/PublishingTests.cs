using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Publishing;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Tests.Sender.Publishing;

/// <summary>Uploads on their way to Meta: the address that it fetches them from, tried before it is asked.</summary>
public sealed class PublishingTests : IAsyncLifetime
{
    private static readonly string Stored = StoredMedia.UrlOf(MediaFile.New(), "jpg");

    private readonly SenderHost _host = new();
    private FakeGraph _graph = null!;
    private PublicDoor _door = null!;

    public async ValueTask InitializeAsync()
    {
        (_graph, _door) = (await FakeGraph.StartAsync(), await PublicDoor.OpenAsync());
        Right();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _door.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task Meta_is_given_a_signed_address_that_ends_and_the_address_is_tried_once_for_both()
    {
        await OpenAsync();
        await _host.SendAsync(Upload("1"), Upload("2") with { RecipientId = InstagramUserId.Parse("43") });
        for (var n = 0; n < 2; n++) (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);

        var body = JsonDocument.Parse((await _graph.NextAsync()).Body).RootElement;
        var url = new Uri(
            body.GetProperty("message").GetProperty("attachment").GetProperty("payload").GetProperty("url").GetString().ShouldNotBeNull());
        url.GetLeftPart(UriPartial.Path).ShouldBe($"{_door.Address}/media/outbound/acc_1/{Stored["upload:".Length..]}");
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Query);
        var expires = long.Parse(query["expires"].ToString());
        DateTimeOffset.FromUnixTimeSeconds(expires).ShouldBe(_host.Clock.GetUtcNow().AddHours(1), TimeSpan.FromMinutes(1));
        _host.Services.GetRequiredService<PublicAddress>().IsOurs(
            SenderHost.Account, Stored["upload:".Length..], expires, query["signature"].ToString()).ShouldBeTrue();
        _door.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Each_image_of_several_has_its_address_and_others_keep_theirs()
    {
        await OpenAsync();
        await _host.SendAsync(Upload("1") with { Content = new OutgoingImages([Stored, "https://a.example/b.png"]) });
        await _host.OutcomeAsync();

        var images = JsonDocument.Parse((await _graph.NextAsync()).Body).RootElement.GetProperty("message").GetProperty("attachments");
        images[0].GetProperty("payload").GetProperty("url").GetString().ShouldStartWith(_door.Address);
        images[1].GetProperty("payload").GetProperty("url").GetString().ShouldBe("https://a.example/b.png");
    }

    [Theory]
    [InlineData("not found")]
    [InlineData("a page")]
    [InlineData("a redirect")]
    [InlineData("another installation")]
    [InlineData("an answer without end")]
    [InlineData("a page in an encoding that is not known here")]
    public async Task An_address_that_leads_elsewhere_fails_the_send_in_words_before_Meta_is_asked_until_it_is_mended(string what)
    {
        _door.Answer = What(what);
        await OpenAsync();
        await _host.SendAsync(Upload("1"), _host.Text("2", "texts go on", InstagramUserId.Parse("43")));
        List<SendReported> outcomes = [await _host.OutcomeAsync(), await _host.OutcomeAsync()];

        var failed = outcomes.Single(report => report.Outcome == SendOutcome.Rejected);
        failed.Error!.Code.ShouldBe("public_address_wrong");
        failed.Error.Retryable.ShouldBeTrue();
        failed.Error.Message.ShouldContain("Public:BaseUrl");
        (await _graph.NextAsync()).Body.ShouldContain("texts go on");
        _graph.Count.ShouldBe(1);
        var health = await HealthAsync();
        health.GetProperty("status").GetString().ShouldBe("action_needed");
        health.GetProperty("problems")[0].GetProperty("code").GetString().ShouldBe("public_address_wrong");
        health.GetProperty("next_step").GetString().ShouldNotBeNull().ShouldContain("Public:BaseUrl");

        Right();
        _host.Clock.Advance(TimeSpan.FromSeconds(2));
        await _host.SendAsync(Upload("3"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        (await HealthAsync()).GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task An_address_that_does_not_answer_is_tried_again_and_then_fails_the_send()
    {
        _door.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await OpenAsync();
        await _host.SendAsync(Upload("1"));

        var first = await _host.OutcomeAsync();
        (first.Outcome, first.Error!.Code).ShouldBe((SendOutcome.Later, "public_address_unreachable"));
        (await HealthAsync()).GetProperty("status").GetString().ShouldBe("healthy", "it may be over in a moment");
        SendReported last;
        while ((last = await _host.OutcomeAsync(TimeSpan.FromSeconds(5))).Outcome == SendOutcome.Later)
        {
        }

        (last.Outcome, last.Error!.Code, last.Error.Retryable).ShouldBe((SendOutcome.Rejected, "public_address_unreachable", true));
        last.Error.Message.ShouldContain("Public:CheckFromHere");
        _graph.Count.ShouldBe(0);
        (await HealthAsync()).GetProperty("problems")[0].GetProperty("code").GetString().ShouldBe("public_address_unreachable");
    }

    [Fact]
    public async Task Where_the_address_cannot_be_reached_from_inside_Meta_is_asked_all_the_same_if_the_operator_says_so()
    {
        _door.Answer = What("not found");
        await OpenAsync(("Public:CheckFromHere", "false"));
        await _host.SendAsync(Upload("1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        _door.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task Without_an_address_an_upload_fails_by_that_name()
    {
        await _host.OpenAsync(_graph.Address);
        await _host.LinkAsync();
        await _host.SendAsync(Upload("1"));
        var failed = await _host.OutcomeAsync();
        (failed.Outcome, failed.Error!.Code).ShouldBe((SendOutcome.Rejected, "public_address_missing"));
        (await HealthAsync()).GetProperty("status").GetString().ShouldBe("healthy", "nobody needs one who sends no uploads");
    }

    /// <summary>A refusal of our own once counted as Meta's, and ended the rest of an account that Meta had limited.</summary>
    [Fact]
    public async Task What_is_refused_here_says_nothing_about_Metas_limit()
    {
        _door.Answer = What("not found");
        await OpenAsync();
        _graph.Answer = FakeGraph.Error(400, 613);
        await _host.SendAsync(_host.Text("1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        await _host.CancelAsync("1");
        await _host.SendAsync(Upload("2") with { RecipientId = InstagramUserId.Parse("43") });
        SendReported refused;
        while ((refused = await _host.OutcomeAsync(TimeSpan.FromSeconds(5))) is not
            { MessageId.Value: "msg_2", Outcome: SendOutcome.Rejected })
        {
        }

        refused.Error!.Code.ShouldBe("public_address_wrong");
        await using var db = await _host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        (await db.Accounts.SingleAsync(TestContext.Current.CancellationToken)).Pauses.ShouldBe(1);
    }

    [Fact]
    public async Task The_operator_is_told_once_what_is_wrong_and_once_that_it_is_right()
    {
        _door.Answer = What("a page");
        await OpenAsync();
        var log = LogCapture.Json();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var watch = new AddressWatch(
            _host.Services.GetRequiredService<AddressTrial>(),
            _host.Services.GetRequiredService<IHostApplicationLifetime>(),
            loggers.CreateLogger<AddressWatch>());
        for (var round = 0; round < 3; round++) await RoundAsync(watch);
        log.Written.Count(line => line.Contains("public_address.wrong", StringComparison.Ordinal)).ShouldBe(1);

        Right();
        for (var round = 0; round < 2; round++) await RoundAsync(watch);

        log.Written.Count(line => line.Contains("public_address.right", StringComparison.Ordinal)).ShouldBe(1);
        log.All.ShouldNotContain("challenge");
    }

    [Theory]
    [InlineData("http://inbox.example", "not https")]
    [InlineData("https://localhost:8443", "machine")]
    [InlineData("https://127.0.0.1", "machine")]
    public async Task What_Meta_itself_could_never_fetch_from_is_told_without_trying(string url, string why)
    {
        var options = new PublicOptions { BaseUrl = new Uri(url) };
        var address = new PublicAddress(new MasterKey(new byte[32]), options);
        using var trial = new AddressTrial(address, Options.Create(options), Options.Create(new GraphOptions()), _host.Clock);
        await _host.OpenAsync(_graph.Address);

        var fault = (await trial.FaultAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();

        (fault.Code, fault.IsCertain).ShouldBe(("public_address_wrong", true));
        fault.Message.ShouldContain(why);
    }

    private async Task OpenAsync(params (string, string)[] settings)
    {
        await _host.OpenAsync(_graph.Address, [("Public:BaseUrl", _door.Address), .. settings]);
        await _host.LinkAsync();
    }

    private Task<NextRound> RoundAsync(AddressWatch watch)
    {
        _host.Clock.Advance(TimeSpan.FromMinutes(11));
        return watch.RoundAsync(TestContext.Current.CancellationToken);
    }

    private void Right() => _door.Answer = (context, challenge) =>
        context.Response.WriteAsync(_host.Services.GetRequiredService<PublicAddress>().Proof(challenge));

    private static Func<HttpContext, string, Task> What(string what) => (context, challenge) =>
    {
        if (what == "not found") context.Response.StatusCode = 404;
        if (what.EndsWith("not known here", StringComparison.Ordinal)) context.Response.ContentType = "text/html; charset=windows-1251";
        if (what == "a redirect") context.Response.Redirect("https://elsewhere.example/");
        var stranger = new PublicAddress(new MasterKey([.. Enumerable.Range(0, 32).Select(n => (byte)n)]), new PublicOptions());
        return context.Response.WriteAsync(what switch
        {
            "another installation" => stranger.Proof(challenge),
            "an answer without end" => new string('x', 100_000),
            _ => "<html>Welcome!</html>",
        });
    };

    private SendMessage Upload(string id) => _host.Text(id) with { Content = new OutgoingMedia("image", Stored) };

    private Task<JsonElement> HealthAsync() => _host.Http.GetFromJsonAsync<JsonElement>("/api/v1/accounts/acc_1/health");
}
