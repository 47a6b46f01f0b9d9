using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    /// <summary>What anybody may call; everything else must be guarded.</summary>
    private static readonly HashSet<string> Public =
    [
        "GET /",
        "HEAD /",
        "GET /inbox/{**rest}",
        "HEAD /inbox/{**rest}",
        "GET /boot.js",
        "HEAD /boot.js",
        "GET /favicon.svg",
        "HEAD /favicon.svg",
        "GET /health/live",
        "GET /health/ready",
        "HEAD /health/ready",
        "GET /openapi/v1.json",
        "GET /docs/{documentName?}",
        "GET /docs",
        "GET /media/outbound/{account_id}/{file}",
        "HEAD /media/outbound/{account_id}/{file}",
        "GET /media/outbound/trial",
        // Signed by Meta; the page is for whoever has its code.
        "POST /webhooks/instagram/deauthorize", "POST /webhooks/instagram/data-deletion", "GET /data-deletion/{code}",
        "GET /oauth/instagram/callback", "GET /webhooks/instagram", "POST /webhooks/instagram", "POST /ui/session", "DELETE /ui/session",
    ];

    /// <summary>What a tenant gets who asks for another one's things, for each guarded route.</summary>
    private static readonly Dictionary<string, Func<Victim, ApiClient, Task>> Cases = new()
    {
        ["GET /api/v1/me"] = Shows("/api/v1/me"),
        ["GET /ui/session"] = async (victim, stranger) => victim.IsNotIn((await stranger.GetAsync("/ui/session")).Json),
        ["GET /api/v1/audit"] = async (victim, stranger) =>
        {
            await IsForAdmins(HttpMethod.Get, "/api/v1/audit")(victim, stranger);
            (await stranger.GetAsync($"/api/v1/audit?account_id={victim.Shop.AccountId}")).ExpectProblem(403);
        },

        ["GET /api/v1/accounts"] = Shows("/api/v1/accounts?limit=200"),
        ["POST /api/v1/accounts"] = Refuses(
            409, HttpMethod.Post, _ => "/api/v1/accounts",
            // Even with a token that Meta takes.
            victim => new { instagram_account_id = victim.Shop.InstagramId, username = "thief", access_token = victim.Shop.Token }),
        ["GET /api/v1/accounts/{id}"] = Hides(HttpMethod.Get, victim => $"/api/v1/accounts/{victim.Shop.AccountId}"),
        ["PATCH /api/v1/accounts/{id}"] = Hides(
            HttpMethod.Patch, victim => $"/api/v1/accounts/{victim.Shop.AccountId}",
            _ => new { username = "thief", crm_webhook_url = "https://thief.example" }),
        ["DELETE /api/v1/accounts/{id}"] = Hides(HttpMethod.Delete, victim => $"/api/v1/accounts/{victim.Shop.AccountId}"),

        ["DELETE /api/v1/accounts/{account_id}/contacts/{contact_id}"] = Hides(
            HttpMethod.Delete, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/contacts/{victim.Customer}"),
        ["GET /api/v1/accounts/{account_id}/erasures"] = Hides(
            HttpMethod.Get, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/erasures"),
        ["GET /api/v1/accounts/{account_id}/erasures/{erasure_id}"] = Hides(
            HttpMethod.Get, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/erasures/{victim.ErasureId}"),

        ["GET /api/v1/accounts/{id}/backfill"] = Hides(HttpMethod.Get, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/backfill"),
        ["POST /api/v1/accounts/{id}/backfill"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/backfill", _ => new { since = "2026-01-01T00:00:00Z" }),

        ["GET /api/v1/accounts/{account_id}/health"] = Hides(HttpMethod.Get, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/health"),

        ["GET /api/v1/accounts/{account_id}/ice-breakers"] = Hides(
            HttpMethod.Get, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/ice-breakers"),
        ["PUT /api/v1/accounts/{account_id}/ice-breakers"] = Hides(
            HttpMethod.Put, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/ice-breakers",
            _ => new { ice_breakers = new[] { new { question = "mine?", payload = "THEFT" } } }),
        ["DELETE /api/v1/accounts/{account_id}/ice-breakers"] = Hides(
            HttpMethod.Delete, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/ice-breakers"),
        ["GET /api/v1/accounts/{account_id}/persistent-menu"] = Hides(
            HttpMethod.Get, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/persistent-menu"),
        ["PUT /api/v1/accounts/{account_id}/persistent-menu"] = Hides(
            HttpMethod.Put, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/persistent-menu",
            _ => new { items = new[] { new { type = "postback", title = "mine", payload = "THEFT" } } }),
        ["DELETE /api/v1/accounts/{account_id}/persistent-menu"] = Hides(
            HttpMethod.Delete, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/persistent-menu"),

        ["POST /api/v1/accounts/{account_id}/health/check"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/accounts/{victim.Shop.AccountId}/health/check"),
        ["POST /oauth/instagram/init"] = async (_, stranger) =>
            (await stranger.PostAsync("/oauth/instagram/init", new { return_to = "https://thief.example/" })).ExpectProblem(422),
        ["GET /api/v1/health/accounts"] = Shows("/api/v1/health/accounts?limit=200"),

        ["POST /api/v1/messages/send"] = Refuses(
            403, HttpMethod.Post, _ => "/api/v1/messages/send",
            victim => new { account_id = victim.Shop.AccountId, recipient_id = victim.Customer, message = "stolen" }),
        ["GET /api/v1/messages/{message_id}"] = Hides(HttpMethod.Get, victim => $"/api/v1/messages/{victim.MessageId}"),
        ["GET /api/v1/messages/{message_id}/status"] = Hides(HttpMethod.Get, victim => $"/api/v1/messages/{victim.MessageId}/status"),

        ["DELETE /api/v1/messages/{message_id}"] = Hides(HttpMethod.Delete, victim => $"/api/v1/messages/{victim.MessageId}"),
        ["POST /api/v1/messages/{message_id}/retry"] = Hides(HttpMethod.Post, victim => $"/api/v1/messages/{victim.MessageId}/retry"),
        ["POST /api/v1/messages/{message_id}/reaction"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/messages/{victim.MessageId}/reaction", _ => new { reaction = "love" }),
        ["DELETE "
            + "/api/v1/messages/{message_id}/reaction"] = Hides(HttpMethod.Delete, victim =>
                $"/api/v1/messages/{victim.MessageId}/reaction"),
        ["POST /ui/conversations/{id}/typing"] = Hides(
            HttpMethod.Post, victim => $"/ui/conversations/{victim.ConversationId}/typing", _ => new { on = true }),
        ["POST /api/v1/conversations/{id}/typing"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/conversations/{victim.ConversationId}/typing", _ => new { on = true }),

        ["GET /ui/conversations"] = ShowsNoneOf("/ui/conversations"),
        ["GET /api/v1/conversations"] = ShowsNoneOf("/api/v1/conversations"),
        ["GET /ui/conversations/{id}"] = Hides(HttpMethod.Get, victim => $"/ui/conversations/{victim.ConversationId}"),
        ["GET /api/v1/conversations/{id}"] = Hides(HttpMethod.Get, victim => $"/api/v1/conversations/{victim.ConversationId}"),
        ["GET /ui/counters"] = Shows("/ui/counters?limit=200"),
        ["GET /api/v1/counters"] = Shows("/api/v1/counters?limit=200"),
        ["GET /ui/search"] = FindsNoneOf("/ui/search"),
        ["GET /api/v1/search"] = FindsNoneOf("/api/v1/search"),
        ["GET /ui/conversations/{id}/messages"] = Hides(HttpMethod.Get, victim => $"/ui/conversations/{victim.ConversationId}/messages"),
        ["GET "
            + "/api/v1/conversations/{id}/messages"] = Hides(HttpMethod.Get, victim =>
                $"/api/v1/conversations/{victim.ConversationId}/messages"),
        ["POST /ui/conversations/{id}/read"] = Hides(HttpMethod.Post, victim => $"/ui/conversations/{victim.ConversationId}/read"),
        ["POST /api/v1/conversations/{id}/read"] = Hides(HttpMethod.Post, victim => $"/api/v1/conversations/{victim.ConversationId}/read"),

        ["POST /ui/conversations/{id}/unread"] = Hides(HttpMethod.Post, victim => $"/ui/conversations/{victim.ConversationId}/unread"),
        ["POST "
            + "/api/v1/conversations/{id}/unread"] = Hides(HttpMethod.Post, victim =>
                $"/api/v1/conversations/{victim.ConversationId}/unread"),
        ["POST /ui/conversations/{id}/presence"] = Hides(
            HttpMethod.Post, victim => $"/ui/conversations/{victim.ConversationId}/presence", _ => new { state = "viewing" }),
        ["POST /api/v1/conversations/{id}/presence"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/conversations/{victim.ConversationId}/presence", _ => new { state = "viewing" }),

        ["GET /api/v1/canned-replies"] = ShowsNoneOf("/api/v1/canned-replies"),
        ["POST /api/v1/canned-replies"] = Refuses(
            403, HttpMethod.Post, _ => "/api/v1/canned-replies",
            victim => new { shortcut = "thief", text = "mine", account_ids = new[] { victim.Shop.AccountId } }),
        ["PATCH /api/v1/canned-replies/{id}"] = Hides(
            HttpMethod.Patch, victim => $"/api/v1/canned-replies/{victim.CannedReplyId}", _ => new { text = "stolen" }),
        ["DELETE /api/v1/canned-replies/{id}"] = Hides(
            HttpMethod.Delete, victim => $"/api/v1/canned-replies/{victim.CannedReplyId}"),

        ["GET /media/attachments/{id}"] = Hides(HttpMethod.Get, victim => $"/media/attachments/{victim.AttachmentId}"),

        ["GET /media/contacts/{id}"] = Hides(HttpMethod.Get, victim => $"/media/contacts/{victim.ConversationId}"),
        ["POST /api/v1/media"] = async (victim, stranger) =>
            (await UploadAsync(victim.Shop, MediaSamples.Jpeg(), client: stranger)).ExpectProblem(403, "account_not_yours"),

        ["GET /api/v1/events"] = Shows("/api/v1/events?after=0&limit=200"),
        ["GET /api/v1/events/stream"] = StreamsNothingOf,

        ["GET /api/v1/sends"] = ShowsNoneOf("/api/v1/sends"),
        ["POST /api/v1/sends/{message_id}/settle"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/sends/{victim.MessageId}/settle", _ => new { outcome = "failed" }),

        ["GET /api/v1/webhook-endpoints"] = Shows("/api/v1/webhook-endpoints?limit=200"),
        ["GET "
            + "/api/v1/webhook-endpoints/{id}/deliveries"] = Hides(HttpMethod.Get, victim =>
                $"/api/v1/webhook-endpoints/{victim.EndpointId}/deliveries"),
        ["GET /api/v1/webhook-endpoints/{id}"] = Hides(HttpMethod.Get, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}"),
        ["POST /api/v1/webhook-endpoints"] = Refuses(
            403,
            HttpMethod.Post,
            _ => "/api/v1/webhook-endpoints",
            victim => new { url = "https://thief.example", account_ids = new[] { victim.Shop.AccountId } }),
        ["PATCH /api/v1/webhook-endpoints/{id}"] = Hides(
            HttpMethod.Patch, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}", _ => new { state = "paused" }),
        ["DELETE /api/v1/webhook-endpoints/{id}"] = Hides(
            HttpMethod.Delete, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}"),
        ["POST /api/v1/webhook-endpoints/{id}/rotate-secret"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}/rotate-secret"),
        ["POST /api/v1/webhook-endpoints/{id}/test"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}/test"),
        ["POST /api/v1/webhook-endpoints/{id}/redeliver"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}/redeliver", _ => new { }),
        ["POST /api/v1/webhook-endpoints/{id}/replay"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}/replay", _ => new { after_sequence = 0 }),
        ["GET /api/v1/webhook-endpoints/{id}/replays"] = Hides(
            HttpMethod.Get, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}/replays"),
        ["GET /api/v1/webhook-endpoints/{id}/replays/{replayId}"] = Hides(
            HttpMethod.Get, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}/replays/{victim.ReplayId}"),
        ["POST /api/v1/webhook-endpoints/{id}/replays/{replayId}/cancel"] = Hides(
            HttpMethod.Post, victim => $"/api/v1/webhook-endpoints/{victim.EndpointId}/replays/{victim.ReplayId}/cancel"),
        ["GET /api/v1/deliveries/{id:long}"] = Hides(HttpMethod.Get, victim => $"/api/v1/deliveries/{victim.DeliveryId}"),
        ["POST "
            + "/api/v1/deliveries/{id:long}/redeliver"] = Hides(HttpMethod.Post, victim =>
                $"/api/v1/deliveries/{victim.DeliveryId}/redeliver"),

        ["GET /api/v1/api-keys"] = Shows("/api/v1/api-keys?limit=200"),
        ["POST /api/v1/api-keys"] = Refuses(
            403, HttpMethod.Post, _ => "/api/v1/api-keys",
            victim => new { name = "thief", account_ids = new[] { victim.Shop.AccountId } }),
        ["DELETE /api/v1/api-keys/{id}"] = Hides(HttpMethod.Delete, victim => $"/api/v1/api-keys/{victim.Shop.KeyId}"),

        ["GET /api/v1/users"] = IsForAdmins(HttpMethod.Get, "/api/v1/users"),
        ["POST /api/v1/users"] = IsForAdmins(
            HttpMethod.Post, "/api/v1/users", new { username = "thief", password = "a long password", role = "admin" }),
        ["GET /api/v1/users/{id}"] = Refuses(403, HttpMethod.Get, victim => $"/api/v1/users/{victim.StrangerId}"),
        ["PATCH /api/v1/users/{id}"] = Refuses(
            403, HttpMethod.Patch, victim => $"/api/v1/users/{victim.StrangerId}", _ => new { role = "admin" }),
        // Of the first admin, whoever that is, not even that they are there is told.
        ["POST /api/v1/users/{id}/password"] = Hides(
            HttpMethod.Post, _ => "/api/v1/users/usr_1/password", _ => new { new_password = "a thief's password" }),
        ["DELETE /api/v1/users/{id}"] = IsForAdmins(HttpMethod.Delete, "/api/v1/users/usr_1"),
        ["POST /api/v1/users/{id}/accounts"] = Refuses(
            403, HttpMethod.Post, victim => $"/api/v1/users/{victim.StrangerId}/accounts",
            victim => new { account_ids = new[] { victim.Shop.AccountId } }),
        ["DELETE "
            + "/api/v1/users/{id}/accounts/{accountId}"] = Refuses(403, HttpMethod.Delete, victim =>
                $"/api/v1/users/{victim.StrangerId}/accounts/{victim.Shop.AccountId}"),
        ["GET /api/v1/quarantine"] = IsForAdmins(HttpMethod.Get, "/api/v1/quarantine"),
        ["POST /api/v1/quarantine/{id:long}/replay"] = IsForAdmins(HttpMethod.Post, "/api/v1/quarantine/1/replay"),
        ["GET /api/v1/reserved-identifiers"] = IsForAdmins(HttpMethod.Get, "/api/v1/reserved-identifiers"),
        ["DELETE "
            + "/api/v1/reserved-identifiers/{id}"] = Refuses(403, HttpMethod.Delete, victim =>
                $"/api/v1/reserved-identifiers/{victim.Shop.InstagramId}"),
        ["GET /api/v1/dead-letters/store"] = IsForAdmins(HttpMethod.Get, "/api/v1/dead-letters/store"),
        ["POST /api/v1/dead-letters/store/{id:long}/replay"] = IsForAdmins(HttpMethod.Post, "/api/v1/dead-letters/store/1/replay"),
        ["GET /api/v1/dead-letters/sender"] = IsForAdmins(HttpMethod.Get, "/api/v1/dead-letters/sender"),
        ["POST /api/v1/dead-letters/sender/{id:long}/replay"] = IsForAdmins(HttpMethod.Post, "/api/v1/dead-letters/sender/1/replay"),
        ["GET /api/v1/dead-letters/crm-forwarder"] = IsForAdmins(HttpMethod.Get, "/api/v1/dead-letters/crm-forwarder"),
        ["POST /api/v1/dead-letters/crm-forwarder/{id:long}/replay"] = IsForAdmins(
            HttpMethod.Post, "/api/v1/dead-letters/crm-forwarder/1/replay"),
    };

    [Fact]
    public void Every_route_has_a_case_of_tenant_isolation()
    {
        RouteCatalogue.Guarded.Except(Cases.Keys).ShouldBeEmpty("these routes have no case in FlowSuite.Isolation.cs");
        Cases.Keys.Except(RouteCatalogue.Guarded).ShouldBeEmpty("these cases have no route any more");
        // The reference and the page itself are files that anybody may read.
        RouteCatalogue.Anonymous.Where(route => !route.Contains(" /docs/") && !route.Contains(" /assets/")).Except(Public)
            .ShouldBeEmpty("these routes are open to anybody and nobody has said so");
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("key")]
    public async Task Nobody_reaches_what_is_another_tenants(string kind)
    {
        var (shop, own) = (await OpenShopAsync(), await OpenShopAsync());
        await own.NewWriterAsync();
        var (agent, agentId) = await NewAgentAsync(own);
        var victim = await VictimAsync(shop, agentId);
        var stranger = kind == "agent" ? agent : own.Api;
        (await stranger.GetAsync("/api/v1/accounts")).Expect(200).Items().Select(account => account.Text("id")).ShouldBe([own.AccountId]);

        var failures = new List<string>();
        foreach (var (route, check) in Cases)
        {
            try
            {
                await check(victim, stranger);
            }
            catch (ShouldAssertException error)
            {
                failures.Add($"{route}: {error.Message}");
            }
        }

        failures.ShouldBeEmpty();
        (await shop.SendAsync(shop.Meta.Customers.Get(shop.InstagramId, victim.Customer), "all is as it was")).Expect(200).Text("status")
            .ShouldBe("sent");
        (await Admin.GetAsync($"/api/v1/accounts/{shop.AccountId}")).Expect(200).Text("username").ShouldBe($"shop{shop.InstagramId}");
    }

    [Fact]
    public async Task Without_a_credential_nothing_is_answered_that_is_not_public()
    {
        var answers = new List<string>();
        foreach (var route in Cases.Keys)
        {
            var (method, path) = (new HttpMethod(route.Split(' ')[0]), Parameter().Replace(route.Split(' ')[1], "1"));
            var answer = await Anonymous.SendAsync(method, path);
            if (answer.Status != 401 || answer.Json.Text("detail") is not null) answers.Add($"{route}: {answer.Status} {answer.Body}");
        }

        answers.ShouldBeEmpty();
        foreach (var wrong in new[] { "nonsense", "sk_" + new string('a', 43), Product.AdminToken + "x" })
            (await new ApiClient(Product.Door, wrong).GetAsync("/api/v1/accounts")).ExpectProblem(401, "unauthorized");
    }

    private async Task<Victim> VictimAsync(Shop shop, string strangerId)
    {
        var customer = await shop.NewWriterAsync();
        var picture = await shop.ReceivedAsync(await customer.ShowAsync("image", NewPicture(1_000).Url));
        var sent = (await shop.SendAsync(customer, "a secret")).Expect(200);
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.sent");
        var conversation = await shop.ConversationAsync(customer);
        var endpoint = (await shop.Api.GetAsync("/api/v1/webhook-endpoints")).Expect(200).Items().ShouldHaveSingleItem();
        var delivery = (await shop.Api.GetAsync($"/api/v1/webhook-endpoints/{endpoint.Text("id")}/deliveries")).Expect(200).Items()[0];
        var replay = (await shop.Api.PostAsync(
            $"/api/v1/webhook-endpoints/{endpoint.Text("id")}/replay", new { after_sequence = long.MaxValue })).Expect(202);
        var canned = (await shop.Api.PostAsync(
            "/api/v1/canned-replies", new { shortcut = "price", text = "a secret price", account_ids = new[] { shop.AccountId } }))
            .Expect(201);
        var erasure = (await shop.Api.DeleteAsync($"/api/v1/accounts/{shop.AccountId}/contacts/{Shop.NewNumber()}")).Json;
        return new Victim(
            shop,
            customer.Igsid,
            conversation.Text("id")!,
            sent.Text("message_id")!,
            picture.Event.Text("data.message.attachments.0.id")!,
            endpoint.Text("id")!,
            delivery.Text("id")!,
            replay.Text("id")!,
            canned.Text("id")!,
            erasure.Text("erasure_id")!,
            strangerId);
    }

    private async Task<(ApiClient Client, string Id)> NewAgentAsync(Shop shop)
    {
        var (name, password) = ($"agent{Shop.NewNumber()}", "a long password of an agent");
        var user = (await Admin.PostAsync("/api/v1/users", new { username = name, password, role = "agent" })).Expect(201);
        (await Admin.PostAsync($"/api/v1/users/{user.Text("id")}/accounts", new { account_ids = new[] { shop.AccountId } })).Expect(200);
        var session = (await Anonymous.SignInAsync(name, password)).Expect(200);
        return (new ApiClient(Product.Door, session.Text("token")), user.Text("id")!);
    }

    private static Func<Victim, ApiClient, Task> Shows(string path) =>
        async (victim, stranger) => victim.IsNotIn((await stranger.GetAsync(path)).Expect(200));

    /// <summary>A list that can be asked for one account: neither with nor without that does it show anything.</summary>
    private static Func<Victim, ApiClient, Task> ShowsNoneOf(string path) => async (victim, stranger) =>
    {
        await Shows(path + "?limit=200")(victim, stranger);
        (await stranger.GetAsync($"{path}?account_id={victim.Shop.AccountId}")).ExpectProblem(404);
    };

    private static Func<Victim, ApiClient, Task> FindsNoneOf(string path) => async (victim, stranger) =>
    {
        await Shows(path + "?q=secret")(victim, stranger);
        (await stranger.GetAsync($"{path}?q=secret&account_id={victim.Shop.AccountId}")).ExpectProblem(404);
    };

    private static Func<Victim, ApiClient, Task> Hides(HttpMethod method, Func<Victim, string> path, Func<Victim, object>? body = null) =>
        Refuses(404, method, path, body);

    private static Func<Victim, ApiClient, Task> IsForAdmins(HttpMethod method, string path, object? body = null) =>
        Refuses(403, method, _ => path, body is null ? null : _ => body);

    private static Func<Victim, ApiClient, Task> Refuses(
        int status, HttpMethod method, Func<Victim, string> path, Func<Victim, object>? body = null) => async (victim, stranger) =>
        (await stranger.SendAsync(method, path(victim), body is null ? null : System.Net.Http.Json.JsonContent.Create(body(victim))))
            .ExpectProblem(status);

    private static async Task StreamsNothingOf(Victim victim, ApiClient stranger)
    {
        await using var tap = await stranger.ListenAsync();
        await victim.Shop.ReceivedAsync(
            await victim.Shop.Meta.Customers.Get(victim.Shop.InstagramId, victim.Customer).SayAsync("a live secret"));
        // An event of the stranger's own behind it: by then the other one would have come.
        var own = (await stranger.GetAsync("/ui/conversations")).Expect(200).Items()[0];
        (await stranger.PostAsync($"/ui/conversations/{own.Text("id")}/read")).Status.ShouldBe(204);
        await tap.WaitForAsync(tapped => tapped.Type == "conversation.updated");
        foreach (var tapped in tap.All) victim.IsNotIn(tapped.Event);
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    /// <summary>Whose things are asked for.</summary>
    private sealed record Victim(
        Shop Shop,
        string Customer,
        string ConversationId,
        string MessageId,
        string AttachmentId,
        string EndpointId,
        string DeliveryId,
        string ReplayId,
        string CannedReplyId,
        string ErasureId,
        string StrangerId)
    {
        public void IsNotIn(JsonNode answer)
        {
            var text = answer.ToJsonString();
            foreach (var id in new[] { Shop.AccountId, Shop.InstagramId, Shop.KeyId, Customer, ConversationId, MessageId, CannedReplyId })
                text.ShouldNotContain(id);
        }
    }
}
