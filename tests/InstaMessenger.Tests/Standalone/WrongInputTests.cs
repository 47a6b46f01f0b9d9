using InstaMessenger.Hosting.Http;
using InstaMessenger.Tests.Standalone.WrongInputs;
using Microsoft.AspNetCore.Routing;

namespace InstaMessenger.Tests.Standalone;

/// <summary>
/// The one rule for what is wrong with a request: every call, each part of it that its endpoint declares, each way in which that can be
/// wrong. A call that is new is in the table by itself.
/// </summary>
public sealed class WrongInputTests(SignedInProduct product) : ConventionSuite(product)
{
    /// <summary>Each way, and in how many requests it is seen at least.</summary>
    private static readonly Dictionary<string, (Func<WrongBodies, KnownCall, IEnumerable<WrongInput>> Of, int AtLeast)> Ways = new()
    {
        ["a query parameter that there is not"] = ((_, call) => WrongUrls.UnknownParameter(call), 80),
        ["a query parameter that is given twice"] = ((_, call) => WrongUrls.GivenTwice(call), 80),
        ["a query parameter that is empty"] = ((_, call) => WrongUrls.Empty(call), 80),
        ["a query parameter that cannot be read"] = ((_, call) => WrongUrls.CannotBeRead(call), 200),
        ["a query parameter that is none of its words"] = ((_, call) => WrongUrls.UnknownWord(call), 10),
        ["a cursor of another list"] = ((_, call) => WrongUrls.CursorOfAnotherList(call), 60),
        ["an id of the wrong form in the path"] = ((_, call) => WrongUrls.NoIdInThePath(call), 150),
        ["a body that is no JSON object"] = ((bodies, call) => bodies.NoObject(call), 100),
        ["a member that there is not"] = ((bodies, call) => bodies.UnknownMember(call), 20),
        ["a member in another case"] = ((bodies, call) => bodies.AnotherCase(call), 80),
        ["a member that is given twice"] = ((bodies, call) => bodies.GivenTwice(call), 80),
        ["a member of the wrong type"] = ((bodies, call) => bodies.WrongType(call), 150),
        ["a list with an entry of the wrong type"] = ((bodies, call) => bodies.WrongEntry(call), 20),
        ["a time without a zone"] = ((bodies, call) => bodies.NoTime(call), 20),
        ["an id of the wrong form in the body"] = ((bodies, call) => bodies.NoId(call), 40),
        ["a body where none is taken"] = ((bodies, call) => bodies.OfACallWithoutOne(call), 60),
    };

    public static TheoryData<string> AllWays => new(Ways.Keys);

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task Every_call_answers_in_one_way_and_names(string way)
    {
        var bodies = new WrongBodies(await EndpointAsync());
        var (of, atLeast) = Ways[way];
        var (wrong, tried) = (new List<string>(), 0);
        foreach (var call in KnownCalls())
        {
            foreach (var input in of(bodies, call))
            {
                tried++;
                var answer = await AskAsync(call.Method, input.Url, input.Body);
                if (Fault(input, answer) is { } fault) wrong.Add($"{call.Method} {input.Url} {input.Body}: {fault}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
        tried.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    /// <summary>Else nobody would have said what its words are.</summary>
    [Fact]
    public void Of_every_text_in_a_query_it_is_known_whether_any_is_right() =>
        KnownCalls().SelectMany(WrongUrls.Undecided).Distinct().ShouldBeEmpty();

    /// <summary>Ids that have no form of their own, with a body that may be wrong too.</summary>
    [Fact]
    public async Task Any_other_id_that_names_nothing_is_not_found()
    {
        var wrong = new List<string>();
        foreach (var call in KnownCalls().Where(call => call.HasPlaces))
        {
            foreach (var id in new[] { "nonsense", "%C3%A9", "1.5" })
            {
                var answer = await AskAsync(call.Method, call.Url(_ => id), call.Body is null ? null : "{}");
                if (answer is not { Status: 404, Code: "not_found" } && (call.Body is null || answer.Status != 422))
                    wrong.Add($"{call} {id}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_limit_above_what_a_page_may_have_is_taken_for_that()
    {
        var lists = KnownCalls().Where(call => call.Query.Any(parameter => parameter.Name == PageLimit.Name) && !call.HasPlaces).ToList();
        lists.Count.ShouldBeGreaterThan(12);
        foreach (var list in lists)
            (await AskAsync("GET", $"{list.Path}?limit=201")).Status.ShouldBe(200, list.Path);
    }

    [Theory]
    [InlineData("2027-11-27T10:00:00%2B02:00")]
    [InlineData("2027-11-27T10:00:00.5Z")]
    public async Task A_time_with_a_zone_is_read_in_a_URL(string time) =>
        (await AskAsync("GET", "/api/v1/audit?after=" + time)).Status.ShouldBe(200);

    [Theory]
    [InlineData("2027-11-27T10:00:00Z", "2027-11-27T10:00:00.000Z")]
    [InlineData("2027-11-27T10:00:00.5+02:00", "2027-11-27T08:00:00.500Z")]
    public async Task A_time_with_a_zone_is_answered_in_UTC(string time, string utc)
    {
        var answer = await AskAsync("POST", "/api/v1/api-keys", $$"""{"name":"x","expires_at":"{{time}}"}""");
        answer.Json.GetProperty("expires_at").GetString().ShouldBe(utc);
    }

    [Theory]
    [InlineData("""{"username":"\ud800"}""", "username")]
    [InlineData("""{"account_ids":["acc_1",7]}""", "account_ids[1]")]
    public async Task The_very_part_that_cannot_be_read_is_named(string body, string member)
    {
        var answer = await AskAsync("POST", "/api/v1/users", body);
        answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([member]);
    }

    [Fact]
    public async Task An_empty_object_and_null_say_nothing_where_no_body_is_taken()
    {
        foreach (var body in new[] { "{}", "null", "" })
            (await AskAsync("POST", "/api/v1/conversations/conv_1/read", body)).Code.ShouldBe("not_found");
    }

    private static string? Fault(WrongInput input, Answer answer)
    {
        if ((answer.Status, answer.Code) != (input.Status, input.Code)) return $"not {input.Status} {input.Code}";
        // The framework's words name types of ours.
        if (answer.Text.Contains("InstaMessenger.", StringComparison.Ordinal)) return "names a type";
        if (input.Named is not { } name) return null;
        // Or a part of it, like account_ids[1].
        var named = answer.Json.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any(
            error => error.Name == name || error.Name.StartsWith(name + "[", StringComparison.Ordinal)
                || error.Name.StartsWith(name + ".", StringComparison.Ordinal));
        return named ? null : $"does not name {name}";
    }

    private List<KnownCall> KnownCalls() =>
    [
        .. from endpoint in Endpoints()
           where endpoint.Metadata.GetMetadata<ApiCall>() is not null
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
           select new KnownCall(method, "/" + endpoint.RoutePattern.RawText!.Trim('/'), endpoint),
    ];

    private async Task<string> EndpointAsync()
    {
        var made = await AskAsync("POST", "/api/v1/webhook-endpoints", """{"url":"https://example.com/hook"}""");
        return made.Json.GetProperty("id").GetString()!;
    }
}
