using System.Text;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// Guessing meets its limit in the store, whatever form the names have and whichever process is asked; the gateway's own limit is out of
/// the way. Each test has addresses of its own.
/// </summary>
public abstract class SignInLimitSuite(StandaloneProduct product)
{
    private readonly ApiClient _anonymous = new(product.Door, null);

    /// <summary>Blanks, case, width and composition; most of them no database may take for the name itself.</summary>
    private static IEnumerable<string> NearlyTheSame
    {
        get
        {
            string[] around = ["", " ", "  ", "\t", "\u00a0", "\u200b", "\u3000", "\u2007", "\ufeff", "\0"];
            string[] names =
            [
                "admin", "ADMIN", "Admin", "aDmin", "\uff41\uff44\uff4d\uff49\uff4e", "adm\u0131n", "\u00e4dmin", "a\u0308dmin",
                "adm\u00ecn", "admi\u0300n", "\u0430dmin",
            ];
            return from name in names from before in around from behind in around where before + behind != ""
                || name != "admin" select before + name + behind;
        }
    }

    [Fact]
    public async Task Two_hundred_wrong_passwords_under_nearly_the_same_names_meet_the_limit()
    {
        var statuses = new List<int>();
        foreach (var name in NearlyTheSame.Take(200)) statuses.Add((await SignInAsync("203.0.113.1", name, "a wrong password")).Status);

        statuses.Distinct().ShouldBe([401, 429]);
        statuses.Count(status => status == 401).ShouldBeLessThanOrEqualTo(50);
        (await SignInAsync("203.0.113.2", ProductBase.Username, ProductBase.Password)).Expect(200);
    }

    [Fact]
    public async Task A_thousand_names_from_one_address_meet_the_limit_and_others_sign_in()
    {
        var refusals = new List<Answer>();
        for (var number = 0; number < 1_000; number++) refusals.Add(await SignInAsync("203.0.113.11", $"name{number}", "a wrong password"));

        refusals.Count(answer => answer.Status == 401).ShouldBe(50);
        refusals.Skip(50).ShouldAllBe(answer => answer.Status == 429);
        refusals[^1].ExpectProblem(429, "rate_limited");
        int.Parse(refusals[^1].Headers.GetValues("Retry-After").Single()).ShouldBeInRange(1, 300);
        (await SignInAsync("203.0.113.12", ProductBase.Username, ProductBase.Password)).Expect(200);
    }

    [Fact]
    public async Task What_one_process_has_counted_the_next_one_knows()
    {
        for (var attempt = 0; attempt < 5; attempt++) (await SignInAsync("203.0.113.21", ProductBase.Username, "a wrong password"))
            .ExpectProblem(401);
        (await product.StopAsync(product.ProcessOf("store"))).ShouldBeTrue();
        await product.StartAsync(product.ProcessOf("store"));

        (await SignInAsync("203.0.113.21", ProductBase.Username, ProductBase.Password)).ExpectProblem(429, "rate_limited");
        (await SignInAsync("203.0.113.22", ProductBase.Username, ProductBase.Password)).Expect(200);
    }

    private Task<Answer> SignInAsync(string address, string username, string password) => _anonymous.PostAsync(
        "/ui/session",
        null,
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))),
        ("X-Forwarded-For", address));
}

/// <summary>The suite on SQLite.</summary>
[Collection(UnlimitedProduct.Collection)]
public sealed class SignInLimitsOnSqlite(UnlimitedProduct product) : SignInLimitSuite(product);

/// <summary>The suite on MariaDB.</summary>
[Collection(UnlimitedMariaDbProduct.Collection)]
public sealed class SignInLimitsOnMariaDb(UnlimitedMariaDbProduct product) : SignInLimitSuite(product);
