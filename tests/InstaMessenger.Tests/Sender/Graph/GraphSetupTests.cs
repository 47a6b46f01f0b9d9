using System.Net;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Graph;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Tests.Sender.Graph;

public sealed class GraphSetupTests
{
    private static readonly GraphMessage Message = GraphMessage.Of(new GraphCall(
        AccountId.Parse("acc_1"),
        InstagramAccountId.Parse("1"),
        LoginType.Instagram,
        "token",
        InstagramUserId.Parse("42"),
        new OutgoingText("hello"),
        false))!;

    [Theory]
    [InlineData(LoginType.Instagram, null, "https://graph.instagram.com/v26.0/me/messages")]
    [InlineData(LoginType.Facebook, null, "https://graph.facebook.com/v26.0/me/messages")]
    [InlineData(LoginType.Instagram, "http://localhost:8090", "http://localhost:8090/v26.0/me/messages")]
    [InlineData(LoginType.Facebook, "http://proxy/graph", "http://proxy/graph/v26.0/me/messages")]
    [InlineData(LoginType.Facebook, "http://proxy/graph/", "http://proxy/graph/v26.0/me/messages")]
    public async Task The_host_follows_the_login_unless_one_is_set_for_both(LoginType login, string? baseUrl, string expected)
    {
        await using var services = Services(("Instagram:GraphBaseUrl", baseUrl));
        var recorder = services.GetRequiredService<RequestRecorder>();
        using var response = await services.GetRequiredKeyedService<IGraphApi>(login)
            .SendMessageAsync(
                services.GetRequiredService<IOptions<GraphOptions>>().Value.GraphVersion,
                "me",
                "token",
                Message,
                new RequestWatch(TimeProvider.System, DateTimeOffset.MaxValue),
                default);
        recorder.Request!.RequestUri!.ToString().ShouldBe(expected);
        recorder.Request.Version.ShouldBe(HttpVersion.Version11);
    }

    [Theory]
    [InlineData("26.0")]
    [InlineData("v26")]
    [InlineData("v26.0/me")]
    public async Task A_version_that_is_none_is_refused(string version)
    {
        await using var services = Services(("Instagram:GraphVersion", version));
        Should.Throw<OptionsValidationException>(
            () => services.GetRequiredService<IOptions<GraphOptions>>().Value).Message.ShouldContain("v26.0");
    }

    [Fact]
    public async Task A_request_whose_body_never_left_says_so()
    {
        await using var services = Services();
        services.GetRequiredService<RequestRecorder>().Error = new HttpRequestException("no route");
        var watch = new RequestWatch(TimeProvider.System, DateTimeOffset.MaxValue);
        await Should.ThrowAsync<Exception>(
            services.GetRequiredKeyedService<IGraphApi>(LoginType.Instagram)
                .SendMessageAsync("v26.0", "me", "token", Message, watch, default));
        watch.BodyBegan.ShouldBeFalse();
    }

    /// <summary>A process that was frozen in the middle of a call and wakes when its claim is over.</summary>
    [Fact]
    public async Task No_byte_leaves_after_its_time()
    {
        await using var services = Services();
        var watch = new RequestWatch(TimeProvider.System, TimeProvider.System.GetUtcNow().AddMilliseconds(-1));
        await Should.ThrowAsync<Exception>(
            services.GetRequiredKeyedService<IGraphApi>(LoginType.Instagram)
                .SendMessageAsync("v26.0", "me", "token", Message, watch, default));
        (watch.BodyBegan, watch.CameTooLate).ShouldBe((false, true));
    }

    [Fact]
    public async Task A_body_is_never_written_twice()
    {
        await using var services = Services();
        services.GetRequiredService<RequestRecorder>().Writes = 2;
        var watch = new RequestWatch(TimeProvider.System, DateTimeOffset.MaxValue);
        await Should.ThrowAsync<Exception>(
            services.GetRequiredKeyedService<IGraphApi>(LoginType.Instagram)
                .SendMessageAsync("v26.0", "me", "token", Message, watch, default));
        watch.BodyBegan.ShouldBeTrue();
    }

    private static ServiceProvider Services(params (string Key, string? Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build());
        services.AddGraph();
        services.AddSingleton<RequestRecorder>();
        services.PostConfigureAll<HttpClientFactoryOptions>(options =>
            options.HttpMessageHandlerBuilderActions.Add(
                builder => builder.PrimaryHandler = builder.Services.GetRequiredService<RequestRecorder>()));
        return services.BuildServiceProvider();
    }

    private sealed class RequestRecorder : HttpMessageHandler
    {
        public HttpRequestMessage? Request { get; private set; }

        public Exception? Error { get; set; }

        public int Writes { get; set; } = 1;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Request = request;
            if (Error is not null) throw Error;
            for (var i = 0; i < Writes; i++) await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK);
        }
    }
}
