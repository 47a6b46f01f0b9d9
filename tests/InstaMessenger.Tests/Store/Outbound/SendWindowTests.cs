using System.Net;
using System.Net.Http.Json;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>What the response window allows, over HTTP.</summary>
public sealed class SendWindowTests : SendTests
{
    [Fact]
    public async Task After_24_hours_only_a_persons_words_go_tagged_and_a_refusal_leaves_the_key_free()
    {
        await CustomerWroteAsync(Clock.GetUtcNow() - TimeSpan.FromDays(2));

        var refused = await SendAsync("""{TO,"message":"hi"}""", key: "k1");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await Json(refused);
        problem.GetProperty("code").GetString().ShouldBe("window_closed");
        problem.GetProperty("closed_at").GetString().ShouldBe("2026-04-30T12:00:00.000Z");
        problem.GetProperty("rule").GetString().ShouldBe("24_hours");
        problem.GetProperty("next_step").GetString()!.ShouldContain("\"sent_by\":\"human\"");

        (await SendAsync("""{TO,"message":"hi","sent_by":"human"}""", key: "k1", prefer: "wait=0"))
            .StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Until(() => !Sender.Commands.IsEmpty);
        var command = Sender.Commands.ShouldHaveSingleItem();
        command.HumanAgentTag.ShouldBeTrue();
        command.ExpiresAt.ShouldBe(Clock.GetUtcNow() + TimeSpan.FromDays(5));
    }

    [Fact]
    public async Task An_account_without_Metas_Human_Agent_feature_is_closed_after_24_hours_for_the_API_and_in_the_inbox()
    {
        await CustomerWroteAsync(Clock.GetUtcNow() - TimeSpan.FromDays(2));
        (await WindowAsync()).ShouldBe(("human_agent", "2026-05-06T12:00:00.000Z"));

        var manager = Store.Client("admin");
        var changed = await Json(await manager.PatchAsJsonAsync($"/api/v1/accounts/{Account.Id}", new { human_agent = false }));

        changed.GetProperty("human_agent").GetBoolean().ShouldBeFalse();
        (await WindowAsync()).ShouldBe(("closed", "2026-04-30T12:00:00.000Z"));
        var refused = await Json(await SendAsync("""{TO,"message":"hi","sent_by":"human"}"""));
        refused.GetProperty("rule").GetString().ShouldBe("human_agent_off");
        refused.GetProperty("closed_at").GetString().ShouldBe("2026-04-30T12:00:00.000Z");
        (await Json(await manager.PatchAsJsonAsync($"/api/v1/accounts/{Account.Id}", new { username = "shop" })))
            .GetProperty("human_agent").GetBoolean().ShouldBeFalse();
    }
}
