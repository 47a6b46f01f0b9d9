using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Tests.Sender.Greetings;

/// <summary>Ice breakers and the menu: checked here, kept by Meta alone.</summary>
public sealed class GreetingTests : SenderTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Graph.Answer = (context, _) => FakeGraph.Json(context, 200, """{"result":"success"}""");
        await Host.LinkAsync();
    }

    [Theory]
    [InlineData(
        "ice-breakers",
        """{"ice_breakers":[{"question":"Hours?","payload":"HOURS"}]}""",
        """{"ice_breakers":[{"call_to_actions":[{"question":"Hours?","payload":"HOURS"}],"locale":"default"}],"platform":"instagram"}""")]
    [InlineData(
        "persistent-menu",
        """{"items":[{"type":"postback","title":"Agent","payload":"A"},{"type":"url","title":"Shop","url":"https://a.example/"}]}""",
        """
        {"persistent_menu":[{"call_to_actions":[{"payload":"A","type":"postback","title":"Agent"},
        {"type":"web_url","title":"Shop","url":"https://a.example/"}],"locale":"default"}],"platform":"instagram"}
        """)]
    public async Task Each_is_written_as_Meta_takes_it(string part, string body, string meta)
    {
        (await PutAsync(part, body)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var call = await Graph.NextAsync();
        (call.Path, call.Authorization).ShouldBe(("/v26.0/me/messenger_profile", "Bearer IGTOKEN"));
        call.Body.ShouldBe(meta.ReplaceLineEndings(""));
    }

    [Theory]
    [InlineData("""{"data":[{"ice_breakers":[{"locale":"default","call_to_actions":[{"question":"Hours?","payload":"HOURS"}]}]}]}""", 1)]
    [InlineData("""{"data":[{"ice_breakers":[{"question":"Hours?","payload":"HOURS"}]}]}""", 1)]
    [InlineData("\ufeff{\"data\":[{\"ice_breakers\":[{\"question\":\"Hours?\",\"payload\":\"HOURS\"}]}]}", 1)]
    [InlineData("""{"data":[{"ice_breakers":[null,7,{"call_to_actions":[null,{"question":"Hours?","payload":"HOURS","x":1},"x"]}]}]}""", 1)]
    [InlineData("""{"data":[{"ice_breakers":[{"call_to_actions":[{"question":"Hours?","payload":"\ud83d"},{"payload":7}]}]}]}""", 1)]
    [InlineData("""{"data":[]}""", 0)]
    [InlineData("""{"data":7}""", 0)]
    public async Task What_Meta_shows_is_read_in_its_nested_and_its_flat_form(string meta, int count)
    {
        Graph.Thread = context => FakeGraph.Json(context, 200, meta);

        var shown = (await Host.Http.GetFromJsonAsync<JsonElement>(Path("ice-breakers"))).GetProperty("ice_breakers");

        shown.GetArrayLength().ShouldBe(count);
        if (count == 1) shown[0].GetProperty("question").GetString().ShouldBe("Hours?");
    }

    [Theory]
    [InlineData("ice-breakers", """{"ice_breakers":[]}""", "ice_breakers")]
    [InlineData("ice-breakers", """{}""", "ice_breakers")]
    [InlineData("ice-breakers", "FIVE", "ice_breakers")]
    [InlineData("ice-breakers", """{"ice_breakers":[{"question":" ","payload":"A"}]}""", "ice_breakers[0].question")]
    [InlineData("ice-breakers", """{"ice_breakers":[{"question":"A?"}]}""", "ice_breakers[0].payload")]
    [InlineData("ice-breakers", """{"ice_breakers":[{"question":"A?","payload":"A"},null]}""", "ice_breakers[1]")]
    [InlineData("persistent-menu", """{"items":[null]}""", "items[0]")]
    [InlineData("persistent-menu", """{"items":[{"type":"call","title":"A"}]}""", "items[0].type")]
    [InlineData("persistent-menu", """{"items":[{"type":"url","title":"A","url":"http://a.example"}]}""", "items[0].url")]
    [InlineData("persistent-menu", """{"items":[{"type":"url","title":"A","url":"https://a.ex","payload":"A"}]}""", "items[0].payload")]
    [InlineData("persistent-menu", """{"items":[{"type":"postback","title":"A"}]}""", "items[0].payload")]
    public async Task What_Meta_would_not_take_is_refused_by_its_field(string part, string body, string field)
    {
        if (body == "FIVE")
        {
            var five = string.Join(',', Enumerable.Repeat("""{"question":"A?","payload":"A"}""", 5));
            body = $$"""{"ice_breakers":[{{five}}]}""";
        }

        var refused = await PutAsync(part, body);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
        Graph.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(400, 100, 422, "invalid_request")]
    [InlineData(500, 2, 503, "meta_unavailable")]
    [InlineData(400, 613, 503, "rate_limited")]
    [InlineData(401, 190, 503, "token_invalid")]
    public async Task What_Meta_answers_is_passed_on_in_our_words(int status, int code, int ours, string word)
    {
        Graph.Answer = FakeGraph.Error(status, code);

        var refused = await PutAsync("ice-breakers", """{"ice_breakers":[{"question":"Hours?","payload":"HOURS"}]}""");

        ((int)refused.StatusCode).ShouldBe(ours);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(word);
        var sending = (await Host.Http.GetFromJsonAsync<JsonElement>("/api/v1/accounts/acc_1/health")).GetProperty("sending");
        sending.GetProperty("state").GetString().ShouldBe(code is 613 or 190 ? "paused" : "running", "a limit holds for all calls");
    }

    [Fact]
    public async Task One_is_removed_by_its_name_and_nobody_elses_account_is_there()
    {
        string? asked = null;
        Graph.Answer = (context, _) =>
        {
            asked = $"{context.Request.Method} {Uri.UnescapeDataString(context.Request.QueryString.Value!)}";
            return FakeGraph.Json(context, StatusCodes.Status200OK, """{"result":"success"}""");
        };

        (await Host.Http.DeleteAsync(Path("persistent-menu"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        asked.ShouldBe("""DELETE ?platform=instagram&fields=["persistent_menu"]""");
        (await Host.Http.GetAsync("/api/v1/accounts/acc_2/persistent-menu")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<HttpResponseMessage> PutAsync(string part, string body) =>
        Host.Http.PutAsync(Path(part), new StringContent(body, Encoding.UTF8, "application/json"));

    private static string Path(string part) => $"/api/v1/accounts/acc_1/{part}";
}
