using System.Net.Http.Json;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Store.Data;
using InstaMessenger.Tests.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Idempotency;

public sealed class KeptAnswerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task After_24_hours_a_key_is_free_again_and_its_answer_is_forgotten()
    {
        var clock = new FakeTimeProvider(Noon);
        await using var store = await StoreOverHttp.StartAsync(clock, ("Jwt:LifetimeMinutes", "4320"));
        var admin = await store.SignInAsync();
        var first = await PostAsync("k1");
        await PostAsync("k2");
        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));
        (await PostAsync("k1")).Text("id").ShouldBe(first.Text("id"));
        clock.Advance(TimeSpan.FromMinutes(1));

        var second = await PostAsync("k1");

        second.Headers.ShouldNotContainKey("Idempotent-Replayed");
        second.Text("id").ShouldNotBe(first.Text("id"));
        (await PostAsync("k1")).Text("id").ShouldBe(second.Text("id"));
        await store.Get<KeptAnswerSweep<StoreDbContext>>().RoundAsync(TestContext.Current.CancellationToken);
        (await store.ReadAsync(db => db.Set<KeptAnswer>().CountAsync())).ShouldBe(1);

        async Task<Answer> PostAsync(string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/api-keys")
            {
                Content = JsonContent.Create(new { name = "kept" }),
                Headers = { { "Authorization", "Bearer " + admin }, { "Idempotency-Key", key } },
            };
            return await store.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_account_that_is_linked_again_by_mistake_is_the_link_of_before_and_keeps_what_was_changed_since()
    {
        await using var store = await StoreOverHttp.StartAsync();
        var admin = await store.SignInAsync();
        var made = await PostAsync();
        var account = "/api/v1/accounts/" + made.Text("id");
        (await store.PatchAsync(account, admin, new { crm_webhook_url = (string?)null })).Status.ShouldBe(200);

        var again = await PostAsync();

        (made.Status, again.Status, again.Raw).ShouldBe((201, 201, made.Raw));
        made.Text("webhook_secret").ShouldStartWith("whsec_");
        (again.Headers["Location"], again.Headers["ETag"]).ShouldBe((made.Headers["Location"], made.Headers["ETag"]));
        (await store.GetAsync(account, admin)).Raw.ShouldContain("\"crm_webhook_url\":null");

        async Task<Answer> PostAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/accounts")
            {
                Content = JsonContent.Create(StoreOverHttp.Link("178001", ("crm_webhook_url", "https://crm.example/hook"))),
                Headers = { { "Authorization", "Bearer " + admin }, { "Idempotency-Key", "k1" } },
            };
            return await store.SendAsync(request);
        }
    }
}
