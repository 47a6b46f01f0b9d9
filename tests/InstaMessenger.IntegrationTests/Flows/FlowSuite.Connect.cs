using System.Net;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>An account is connected by Meta's login, clicked through at the simulator.</summary>
public abstract partial class FlowSuite
{
    private static readonly HttpClient Browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    [Theory]
    [InlineData("instagram")]
    [InlineData("facebook")]
    public async Task An_account_is_connected_by_clicking_through_Metas_login(string login)
    {
        var owner = NewOwner(login);
        var wanted = new { login_type = login, return_to = "/accounts?tab=all" };
        var begun = (await Admin.PostAsync("/oauth/instagram/init", wanted)).Expect(200);
        var back = await ClickAsync(begun, $"Allow for @{owner.Username}");

        var landed = await LandAsync(back);

        landed.ShouldStartWith("/accounts?tab=all&connected=acc_");
        var id = landed.Split("connected=")[1];
        var account = (await Admin.GetAsync($"/api/v1/accounts/{id}")).Expect(200);
        (account.Text("instagram_account_id"), account.Text("username"), account.Text("login_type"), account.Text("app_id"))
            .ShouldBe((owner.Id, owner.Username, login, "1234567890"));
        var health = (await Admin.PostAsync($"/api/v1/accounts/{id}/health/check")).Expect(200);
        health.Text("status").ShouldBe("healthy", health.ToJsonString());
        (health.Text("token.expires_at") is not null).ShouldBe(login == "instagram");

        // It receives and sends.
        await using var events = await Admin.ListenAsync();
        var customer = Product.Simulator.Meta.Customers.Get(owner.Id, Shop.NewNumber());
        await events.WaitForAsync("message.received", "data.message.instagram_message_id", await customer.SayAsync("Hello!"));
        (await Admin.PostAsync("/api/v1/messages/send", new { account_id = id, recipient_id = customer.Igsid, message = "Hi!" }))
            .Expect(200).Text("status").ShouldBe("sent");

        // The word is good for once.
        var again = await Anonymous.GetAsync(back.PathAndQuery);
        (again.Status, again.ContentType).ShouldBe((400, "text/html"));
    }

    [Fact]
    public async Task Whatever_goes_wrong_at_Metas_login_is_told_where_the_browser_is_sent_back_to()
    {
        var (ours, pages) = (NewOwner("instagram"), NewOwner("facebook"));
        var shop = await OpenShopAsync();
        var (stranger, _) = await NewAgentAsync(await OpenShopAsync());

        (await FailAsync(Admin, "instagram", "Cancel")).ShouldBe("cancelled");
        (await FailAsync(Admin, "instagram", "Allow, but not to manage messages")).ShouldBe("permission_missing");
        (await FailAsync(Admin, "facebook", "Allow, but not to manage messages")).ShouldBe("permission_missing");
        (await FailAsync(Admin, "facebook", "Allow, but share no Page")).ShouldBe("no_page");
        var person = NewOwner("instagram", "person");
        Product.Simulator.Meta.Accounts.Add(person with { IsPersonal = true });
        (await FailAsync(Admin, "instagram", $"Allow for @{person.Username}")).ShouldBe("account_type_not_supported");
        var bare = NewOwner("facebook", "page_without");
        (await FailAsync(Admin, "facebook", $"Allow for @{bare.Username}")).ShouldBe("no_instagram_account");
        (await FailAsync(stranger, "instagram", $"Allow for @shop{shop.InstagramId}")).ShouldBe("account_taken");

        foreach (var owner in new[] { ours, pages })
            (await Admin.GetAsync("/api/v1/accounts?limit=200")).Expect(200).ToJsonString().ShouldNotContain(owner.Id);
        (await Admin.PostAsync("/oauth/instagram/init", new { return_to = "//evil.example/" })).ExpectProblem(422);
        (await Admin.PostAsync("/oauth/instagram/init", new { app_id = "1" })).ExpectProblem(422);
        (await Anonymous.GetAsync("/oauth/instagram/callback?code=1&state=nobodys")).Status.ShouldBe(400);

        async Task<string?> FailAsync(ApiClient client, string login, string link)
        {
            var begun = (await client.PostAsync("/oauth/instagram/init", new { login_type = login })).Expect(200);
            var landed = await LandAsync(await ClickAsync(begun, link));
            landed.ShouldStartWith("/?error=");
            return landed.Split("error=")[1];
        }
    }

    private SimulatedAccount NewOwner(string login, string name = "owner")
    {
        var number = Shop.NewNumber();
        var owner = new SimulatedAccount(number, $"IGAA-first-{number}")
        {
            Username = $"{name}{number}",
            Login = login == "facebook" ? GraphHost.Facebook : GraphHost.Instagram,
            AppScopedId = Shop.NewNumber(),
            PageId = login == "facebook" ? Shop.NewNumber() : null,
        };
        Product.Simulator.Meta.Accounts.Add(owner);
        return owner;
    }

    /// <summary>Opens the login page and follows one of its links; gives where Meta sends the browser back to.</summary>
    private static async Task<Uri> ClickAsync(JsonNode begun, string link)
    {
        var authorize = new Uri(begun.Text("authorize_url")!);
        var page = await Browser.GetStringAsync(authorize);
        var at = page.IndexOf($">{WebUtility.HtmlEncode(link)}</a>", StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, page);
        var href = WebUtility.HtmlDecode(page[..at].Split("href=\"")[^1].TrimEnd('"'));
        using var answer = await Browser.GetAsync(new Uri(authorize, href));
        ((int)answer.StatusCode).ShouldBe(302);
        return answer.Headers.Location!;
    }

    /// <summary>Comes back from Meta; gives where the browser is sent in the end.</summary>
    private async Task<string> LandAsync(Uri back)
    {
        var answer = await Anonymous.GetAsync(back.PathAndQuery);
        answer.Status.ShouldBe(302, answer.Body);
        return answer.Headers.Location!.ToString();
    }
}
