using System.Text;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Access;

public sealed class SignInTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task The_right_password_opens_a_session_by_token_and_by_cookie()
    {
        var answer = await Store.TrySignInAsync(StoreOverHttp.Admin.ToUpperInvariant(), StoreOverHttp.AdminPassword);
        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("user").GetProperty("username").GetString().ShouldBe(StoreOverHttp.Admin);
        answer.Json.GetProperty("user").GetProperty("role").GetString().ShouldBe("admin");
        answer.Headers["Cache-Control"].ShouldBe("no-store");
        var cookie = answer.Headers["Set-Cookie"];
        cookie.ShouldStartWith($"im_session={answer.Text("token")}; ");
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        cookie.ShouldContain("path=/");
        cookie.ShouldNotContain("secure");

        (await Store.GetAsync("/api/v1/me", answer.Text("token"))).Status.ShouldBe(200);
        using var byCookie = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        byCookie.Headers.Add("Cookie", "im_session=" + answer.Text("token"));
        (await Store.SendAsync(byCookie)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Behind_https_the_cookie_is_secure() =>
        (await Store.TrySignInAsync(StoreOverHttp.Admin, StoreOverHttp.AdminPassword, ("X-Forwarded-Proto", "https")))
            .Headers["Set-Cookie"].ShouldContain("secure");

    [Fact]
    public async Task An_unknown_user_a_wrong_password_and_a_malformed_header_are_told_apart_by_nothing()
    {
        var wrong = await Store.TrySignInAsync(StoreOverHttp.Admin, "wrong", ("X-Forwarded-For", "192.0.2.1"));
        var unknown = await Store.TrySignInAsync("nobody", "wrong", ("X-Forwarded-For", "192.0.2.1"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ui/session");
        request.Headers.TryAddWithoutValidation("Authorization", "Basic rubbish!");
        var malformed = await Store.SendAsync(request);
        foreach (var answer in new[] { wrong, unknown, malformed })
        {
            answer.Status.ShouldBe(401);
            answer.Code.ShouldBe("unauthorized");
            answer.Text("detail").ShouldBe(wrong.Text("detail"));
            answer.Headers.ShouldNotContainKey("Set-Cookie");
        }
    }

    [Fact]
    public async Task Repeated_failures_are_answered_429_with_the_time_to_wait_also_for_the_right_password()
    {
        var fields = ("X-Forwarded-For", "192.0.2.2");
        await Store.AgentAsync("throttled");
        for (var i = 0; i < SignInThrottle.MostPerPair; i++) (
            await Store.TrySignInAsync("throttled", "wrong", fields)).Status.ShouldBe(401);
        var answer = await Store.TrySignInAsync("throttled", StoreOverHttp.AgentPassword, fields);
        answer.Status.ShouldBe(429);
        int.Parse(answer.Headers["Retry-After"]).ShouldBeInRange(1, 300);
        (await Store.TrySignInAsync("throttled", StoreOverHttp.AgentPassword, ("X-Forwarded-For", "192.0.2.3"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Signing_out_ends_this_session_at_once_and_no_other()
    {
        var (_, ending) = await Store.AgentAsync("leaving");
        var staying = await Store.SignInAsync("leaving", StoreOverHttp.AgentPassword);
        var changes = Store.Get<AccessChanges>();
        var seen = changes.Version;

        var answer = await Store.DeleteAsync("/ui/session", ending);

        answer.Status.ShouldBe(204);
        answer.Headers["Set-Cookie"].ShouldStartWith("im_session=; expires=Thu, 01 Jan 1970");
        (await Store.GetAsync("/api/v1/me", ending)).Status.ShouldBe(401);
        (await Store.GetAsync("/api/v1/me", staying)).Status.ShouldBe(200);
        changes.Version.ShouldBeGreaterThan(seen);
        (await Store.DeleteAsync("/ui/session", ending)).Status.ShouldBe(204);
    }

    /// <summary>Otherwise the session would outlive what ended all others of the user.</summary>
    [Theory]
    [InlineData("password")]
    [InlineData("deactivation")]
    [InlineData("nothing")]
    public async Task Whose_password_is_changed_or_who_is_deactivated_while_they_sign_in_gets_no_session(string meanwhile)
    {
        InterruptedUnitOfWork? units = null;
        await using var store = await StoreOverHttp.StartAsync(services =>
        {
            var made = services.Single(service => service.ServiceType == typeof(IUnitOfWork<StoreDbContext>)).ImplementationFactory!;
            services.AddSingleton<IUnitOfWork<StoreDbContext>>(
                provider => units = new InterruptedUnitOfWork((IUnitOfWork<StoreDbContext>)made(provider)));
        });
        var (id, _) = await store.AgentAsync("racer");
        // Of a sign-in the first unit counts it, and the second opens the session: in between is the check of the password.
        units!.Interrupt(before: 2, scope =>
        {
            var users = scope.Db.Set<User>().Where(row => row.Id == id);
            DateTimeOffset? now = TimeProvider.System.GetUtcNow();
            return meanwhile switch
            {
                "password" => users.ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, "another")),
                "deactivation" => users.ExecuteUpdateAsync(set => set.SetProperty(row => row.DeactivatedAt, now)),
                _ => Task.CompletedTask,
            };
        });

        var answer = await store.TrySignInAsync("racer", StoreOverHttp.AgentPassword);

        units.Interrupted.ShouldBeTrue();
        answer.Status.ShouldBe(meanwhile == "nothing" ? 200 : 401);
        (await store.ReadAsync(db => db.Set<Session>().CountAsync(row => row.UserId == id))).ShouldBe(meanwhile == "nothing" ? 2 : 1);
    }

    [Fact]
    public async Task A_session_ends_when_its_time_is_over()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-01T10:00:00Z"));
        await using var store = await StoreOverHttp.StartAsync(clock, ("Jwt:LifetimeMinutes", "30"));
        var answer = await store.TrySignInAsync(StoreOverHttp.Admin, StoreOverHttp.AdminPassword);
        answer.Text("expires_at").ShouldBe("2026-11-01T10:30:00.000Z");
        clock.Advance(TimeSpan.FromMinutes(29));
        (await store.GetAsync("/api/v1/me", answer.Text("token"))).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await store.GetAsync("/api/v1/me", answer.Text("token"))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_token_without_a_session_is_worth_nothing()
    {
        var forged = Store.Get<SessionTokens>().Issue(
            new Session { Id = "ses_made_up", UserId = "usr_1", ExpiresAt = TimeProvider.System.GetUtcNow().AddHours(1) });
        (await Store.GetAsync("/api/v1/me", forged)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Basic_opens_nothing_but_a_session()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{StoreOverHttp.Admin}:{StoreOverHttp.AdminPassword}"));
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + basic);
        (await Store.SendAsync(request)).Status.ShouldBe(401);
    }

    /// <summary>Has something happen just before one of the next units.</summary>
    private sealed class InterruptedUnitOfWork(IUnitOfWork<StoreDbContext> inner) : IUnitOfWork<StoreDbContext>
    {
        private Func<WorkScope<StoreDbContext>, Task>? _what;
        private int _left;

        public bool Interrupted { get; private set; }

        public void Interrupt(int before, Func<WorkScope<StoreDbContext>, Task> what) => (_left, _what) = (before, what);

        public async Task<T> ExecuteAsync<T>(Func<WorkScope<StoreDbContext>, Task<T>> work, CancellationToken cancellationToken = default)
        {
            if (_what is { } what && --_left == 0)
            {
                _what = null;
                await inner.ExecuteAsync(what, cancellationToken);
                Interrupted = true;
            }

            return await inner.ExecuteAsync(work, cancellationToken);
        }
    }
}
