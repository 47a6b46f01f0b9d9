using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace InstaMessenger.Tests.Standalone.WrongInputs;

/// <summary>What can be wrong with the body of a call, by the record that its endpoint declares.</summary>
/// <param name="endpoint">An endpoint that exists: the body of its PATCH is read only after it is found.</param>
internal sealed class WrongBodies(string endpoint)
{
    private static readonly string[] NoTimes = ["2027-11-27T10:00:00", "2027-11-27", "tomorrow", ""];

    /// <summary>Ids in bodies that may have any form: this one is compared with those of the settings.</summary>
    private static readonly HashSet<string> OwnWords = ["app_id"];

    public IEnumerable<WrongInput> NoObject(KnownCall call)
    {
        if (call.Body is null) yield break;
        foreach (var body in new[] { "[]", "5", "{", "{} {}", "{,}", "\"text\"" })
            yield return new WrongInput(At(call), 400, "bad_request", null, body);
        if (call.BodyIsOptional) yield break;
        foreach (var body in new[] { "", "null" }) yield return new WrongInput(At(call), 400, "bad_request", null, body);
    }

    public IEnumerable<WrongInput> UnknownMember(KnownCall call) =>
        call.Body is null ? [] : [WrongInput.Invalid(At(call), "acount_ids", """{"acount_ids":[]}""")];

    public IEnumerable<WrongInput> AnotherCase(KnownCall call) => MembersOf(call)
        .Select(member => char.ToUpperInvariant(member.Name[0]) + member.Name[1..])
        .Select(name => WrongInput.Invalid(At(call), name, $$"""{"{{name}}":null}"""));

    public IEnumerable<WrongInput> GivenTwice(KnownCall call) => MembersOf(call)
        .Select(member => WrongInput.Invalid(At(call), member.Name, $$"""{"{{member.Name}}":null,"{{member.Name}}":null}"""));

    public IEnumerable<WrongInput> WrongType(KnownCall call) =>
        from member in MembersOf(call)
        from value in NotOf(member.Name, member.Type)
        select Invalid(call, member.Name, value);

    public IEnumerable<WrongInput> WrongEntry(KnownCall call) =>
        from member in MembersOf(call)
        where IsList(member.Type)
        from value in NotOf("", EntryOf(member.Type))
        select Invalid(call, member.Name, $"[{value}]");

    public IEnumerable<WrongInput> NoTime(KnownCall call) =>
        from member in MembersOf(call)
        where member.Type == typeof(DateTimeOffset)
        from time in NoTimes
        select Invalid(call, member.Name, $"\"{time}\"");

    public IEnumerable<WrongInput> NoId(KnownCall call) =>
        from member in MembersOf(call)
        where !OwnWords.Contains(member.Name)
        from value in member.Name switch
        {
            var name when name.EndsWith("_ids", StringComparison.Ordinal) => (string[])["""["nonsense"]""", "[\"\"]", "[null]"],
            var name when name.EndsWith("_id", StringComparison.Ordinal) => ["\"nonsense\"", "\"\"", "\"acc_\""],
            _ => [],
        }
        select Invalid(call, member.Name, value);

    /// <summary>A call that takes none: nothing that is said in one may be passed over.</summary>
    public IEnumerable<WrongInput> OfACallWithoutOne(KnownCall call)
    {
        if (call.OnlyReads || call.Body is not null || call.TakesFile || !call.NeedsCredential) yield break;
        yield return WrongInput.Invalid(At(call), "erase", """{"erase":true}""");
        yield return new WrongInput(At(call), 400, "bad_request", null, "[]");
        yield return new WrongInput(At(call), 400, "bad_request", null, "{");
    }

    private static IEnumerable<(string Name, Type Type)> MembersOf(KnownCall call) =>
        from member in call.Body?.GetProperties(BindingFlags.Public | BindingFlags.Instance) ?? []
        where !member.IsDefined(typeof(JsonIgnoreAttribute))
        select (JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name),
            Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType);

    /// <summary>JSON that is of none of the types that a member may have.</summary>
    private static string[] NotOf(string name, Type type) => name switch
    {
        // Read by hand, because null means something else there than a member that is left out.
        "account_ids" or "event_types" or "headers" or "crm_webhook_url" or "description" or "metadata" => ["7", "true"],
        "max_per_second" => ["\"7\"", "1.5"],
        _ when type == typeof(bool) => ["\"true\"", "1"],
        _ when type == typeof(int) || type == typeof(long) => ["\"7\"", "1.5"],
        _ when IsList(type) => ["\"text\"", "{}"],
        _ when type == typeof(string) || type.IsEnum || type == typeof(DateTimeOffset) || type.IsValueType => ["7", "{}"],
        _ => ["\"text\"", "[]"],
    };

    private static bool IsList(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));

    private static Type EntryOf(Type list) => list.GetGenericArguments()[^1];

    private WrongInput Invalid(KnownCall call, string member, string value) =>
        WrongInput.Invalid(At(call), member, $$"""{"{{member}}":{{value}}}""");

    private string At(KnownCall call) => call.Url(
        place => place == "id" && call.Path.StartsWith("/api/v1/webhook-endpoints/{id}", StringComparison.Ordinal) ? endpoint : null);
}
