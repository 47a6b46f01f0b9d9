using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.CrmForwarder.Endpoints;

/// <summary>Who made an endpoint and lost an account gets none of its events any more; before, they came for ever.</summary>
public sealed class NarrowEndpointsTests : IAsyncLifetime
{
    private const string Path = "/api/v1/webhook-endpoints";

    private static readonly AccountId Lost = AccountId.Parse("acc_1");
    private static readonly AccountId Kept = AccountId.Parse("acc_2");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Lost, null);
        await _host.LinkAsync(Kept, null);
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task An_account_that_its_owner_lost_leaves_the_endpoint_with_what_waits_and_the_others_stay()
    {
        _crm.Answer = (_, context) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "3600");
            return Task.CompletedTask;
        };
        var id = await MakeAsync(new { url = _crm.Url("/"), account_ids = new[] { "acc_1", "acc_2" } });
        await _host.PublishAsync(_host.Event(Lost), _host.Event(Kept));
        await _host.LoggedAsync("delivery.failed", times: 2);
        await _crm.NextAsync(2);
        _crm.Succeed();
        _host.Store.Users["usr_0"] = [Kept];
        await _host.AdvanceUntilAsync(TakesAsync(id, "acc_2"), TimeSpan.FromMilliseconds(500));

        var after = _host.Event(Kept);
        await _host.PublishAsync(_host.Event(Lost), after);
        await _host.LoggedAsync("delivery.delivered", times: 1);
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await _host.AdvanceUntilAsync(_host.LoggedAsync("delivery.delivered", times: 1), TimeSpan.FromMilliseconds(500));
        (await _crm.NextAsync(2)).ShouldContain(post => post.Id == after.Id.Value);
        _crm.HasMore.ShouldBeFalse();
        var dead = await _host.ReadAsync(db => db.Deliveries.SingleAsync(row => row.AccountId == Lost));
        (dead.State, dead.LastError).ShouldBe((DeliveryState.Dead, "access_lost"));

        using var admin = _host.Client(null);
        (await admin.PostAsync($"/api/v1/deliveries/{dead.Id}/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var many = await admin.PostAsJsonAsync($"{Path}/{id}/redeliver", new { });
        (await many.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("redelivered").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task One_of_all_accounts_is_of_those_that_its_owner_still_sees()
    {
        var id = await MakeAsync(new { url = _crm.Url("/") });
        _host.Store.Users["usr_0"] = [Kept];
        await _host.AdvanceUntilAsync(TakesAsync(id, "acc_2"), TimeSpan.FromMilliseconds(500));
        await _host.PublishAsync(_host.Event(Lost), _host.Event(Kept));
        await _host.LoggedAsync("delivery.delivered");
        (await _host.OnlyDeliveryAsync()).AccountId.ShouldBe(Kept);
    }

    [Fact]
    public async Task An_owner_who_is_gone_gets_nothing_at_all()
    {
        var id = await MakeAsync(new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        (_host.Store.Users["usr_0"], _host.Store.Gone) = ([], "usr_0");
        await _host.AdvanceUntilAsync(TakesAsync(id, ""), TimeSpan.FromMilliseconds(500));
        await _host.PublishAsync(_host.Event(Lost));
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(0);
    }

    /// <summary>It lost its accounts for good, and looked active: who was deactivated for a minute had no CRM any more.</summary>
    [Theory]
    [InlineData("acc_1")]
    [InlineData(null)]
    public async Task An_owner_who_is_deactivated_gets_nothing_until_they_are_back_and_then_what_was_kept(string? account)
    {
        var id = await MakeAsync(new { url = _crm.Url("/"), account_ids = account is null ? null : new[] { account } });
        _host.Store.Users["usr_0"] = [];
        await _host.AdvanceUntilAsync(IsAsync(id, "paused access_lost"), TimeSpan.FromMilliseconds(500));
        var kept = _host.Event(Lost);
        await _host.PublishAsync(kept);
        (await _host.OnlyDeliveryAsync()).State.ShouldBe(DeliveryState.Pending);

        _host.Store.Users.Remove("usr_0", out _).ShouldBeTrue();
        await _host.AdvanceUntilAsync(IsAsync(id, "active "), TimeSpan.FromMilliseconds(500));
        (await _crm.NextAsync()).Id.ShouldBe(kept.Id.Value);
        (await AccountsAsync(id)).ShouldBe(account ?? "all");
    }

    [Theory]
    [InlineData("""{"state":"paused"}""", "paused ", "paused ")]
    [InlineData("""{"url":"http://127.0.0.1:1/"}""", "paused access_lost", "active ")]
    public async Task One_that_is_changed_while_it_waits_for_its_owner_stays_paused(string change, string then, string whenTheyAreBack)
    {
        var id = await MakeAsync(new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        _host.Store.Users["usr_0"] = [];
        await _host.AdvanceUntilAsync(IsAsync(id, "paused access_lost"), TimeSpan.FromMilliseconds(500));
        using var http = _host.Client(null);
        using var answer = await http.PatchAsJsonAsync($"{Path}/{id}", JsonElement.Parse(change));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StateAsync(id)).ShouldBe(then);

        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        await _host.PublishAsync(new ReachChecked("usr_0", AllAccounts: true, [], _host.Clock.GetUtcNow()));
        (await StateAsync(id)).ShouldBe(whenTheyAreBack);
    }

    [Fact]
    public async Task One_that_somebody_paused_stays_paused_when_its_owner_is_back()
    {
        var id = await MakeAsync(new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        using var http = _host.Client(null);
        (await http.PatchAsJsonAsync($"{Path}/{id}", new { state = "paused" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var all in new[] { false, true })
            await _host.PublishAsync(new ReachChecked("usr_0", all, [], _host.Clock.GetUtcNow()));
        (await StateAsync(id)).ShouldBe("paused ");
    }

    [Fact]
    public async Task An_answer_from_before_the_endpoint_was_changed_takes_nothing()
    {
        var asked = _host.Clock.GetUtcNow();
        var id = await MakeAsync(new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        await _host.PublishAsync(new ReachChecked("usr_0", AllAccounts: false, [], asked));
        (await AccountsAsync(id)).ShouldBe("acc_1");
    }

    [Fact]
    public async Task An_account_s_own_endpoint_is_nobody_s_and_stays()
    {
        await _host.LinkAsync(Lost, _crm.Url("/own"), version: 2);
        _host.Store.Users["usr_0"] = [];
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        await _host.PublishAsync(new ReachChecked("usr_0", AllAccounts: false, [], _host.Clock.GetUtcNow()));
        (await AccountsAsync("whe_1")).ShouldBe("acc_1");
    }

    private async Task<string> MakeAsync(object body)
    {
        using var http = _host.Client(null);
        using var answer = await http.PostAsJsonAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private async Task TakesAsync(string id, string accounts)
    {
        while (await AccountsAsync(id) != accounts) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }

    private async Task IsAsync(string id, string state)
    {
        while (await StateAsync(id) != state) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }

    private async Task<string> StateAsync(string id)
    {
        using var http = _host.Client(null);
        var endpoint = await http.GetFromJsonAsync<JsonElement>($"{Path}/{id}");
        return $"{endpoint.GetProperty("state").GetString()} {endpoint.GetProperty("reason").GetString()}";
    }

    private async Task<string> AccountsAsync(string id)
    {
        using var http = _host.Client(null);
        var endpoint = await http.GetFromJsonAsync<JsonElement>($"{Path}/{id}");
        var accounts = endpoint.GetProperty("account_ids");
        return accounts.ValueKind == JsonValueKind.Null
            ? "all"
            : string.Join(' ', accounts.EnumerateArray().Select(account => account.GetString()));
    }
}
