using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.CrmForwarder;

/// <summary>How many endpoints one user may have, where two units run beside each other.</summary>
[Collection(UnlimitedMariaDbProduct.Collection)]
public sealed class EndpointLimitTests(UnlimitedMariaDbProduct product)
{
    [Fact]
    public async Task Of_many_that_are_made_at_once_there_are_a_hundred()
    {
        await using var shop = await Shop.OpenAsync(product);
        var name = $"maker{shop.InstagramId}";
        const string Password = "a password of a maker";
        var user = new { username = name, password = Password, role = "agent", account_ids = new[] { shop.AccountId } };
        (await new ApiClient(product.Door, product.AdminToken).PostAsync("/api/v1/users", user)).Expect(201);
        var signedIn = await new ApiClient(product.Door, null).PostAsync(
            "/ui/session",
            null,
            ("Authorization", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{name}:{Password}"))),
            ("X-Forwarded-For", "203.0.113.201"));
        var agent = new ApiClient(product.Door, signedIn.Expect(200).Text("token"));
        for (var made = 0; made < 96; made++) (await MakeAsync()).Expect(201);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => MakeAsync()));

        answers.Count(answer => answer.Status == 201).ShouldBe(4);
        foreach (var refused in answers.Where(answer => answer.Status != 201)) refused.ExpectProblem(409, "too_many_endpoints");

        Task<Answer> MakeAsync() => agent.PostAsync(
            "/api/v1/webhook-endpoints", new { url = "https://crm.example/", account_ids = new[] { shop.AccountId } });
    }
}
