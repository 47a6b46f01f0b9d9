using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;

namespace InstaMessenger.Tests.Standalone.WrongInputs;

/// <summary>What can be wrong with the URL of a call, by what its endpoint declares.</summary>
internal static class WrongUrls
{
    /// <summary>Parameters of which only some words are right.</summary>
    private static readonly HashSet<string> Words = ["action", "awaiting", "event_type", "sort", "state", "types", "window"];

    /// <summary>Parameters in which anything may stand.</summary>
    private static readonly HashSet<string> Anything = ["actor", "q", "target"];

    private static readonly string[] NoIds = ["nonsense", "acc_", "%C3%A9", "1.5", "-1"];
    private static readonly string[] NoCursors = ["nonsense", "-1", "99999999999999999999", "bm9uc2Vuc2U", "%00"];
    private static readonly string[] NoLimits = ["0", "-1", "many", "1.5", "99999999999"];
    private static readonly string[] NoNumbers = ["many", "1.5", "99999999999999999999"];
    private static readonly string[] NoTimes = ["2027-11-27T10:00:00", "2027-11-27", "11/27/2027%2010:00:00Z", "yesterday"];

    public static IEnumerable<WrongInput> UnknownParameter(KnownCall call) =>
        [new(At(call) + "?acount_id=acc_1", 400, "unknown_parameter", "acount_id")];

    public static IEnumerable<WrongInput> GivenTwice(KnownCall call) => call.Query.Select(
        parameter => WrongInput.Unreadable($"{At(call)}?{parameter.Name}=1&{parameter.Name}=2", parameter.Name));

    public static IEnumerable<WrongInput> Empty(KnownCall call) => call.Query.Select(parameter => Wrong(call, parameter, ""));

    public static IEnumerable<WrongInput> CannotBeRead(KnownCall call) =>
        from parameter in call.Query
        from text in NotOf(parameter)
        select Wrong(call, parameter, text);

    /// <summary>What could be read, and is none of the words that there are.</summary>
    public static IEnumerable<WrongInput> UnknownWord(KnownCall call) => call.Query.Where(parameter => Words.Contains(parameter.Name))
        .Select(parameter => WrongInput.Invalid($"{At(call)}?{parameter.Name}=nonsense", parameter.Name));

    /// <summary>Of a list that is ordered alike and holds something else: it would begin anywhere.</summary>
    public static IEnumerable<WrongInput> CursorOfAnotherList(KnownCall call) =>
        from parameter in call.Query.Where(IsCursor)
        from cursor in new object[]
        {
            new NumberCursor<string>(7), new IdCursor<string>("usr_1"), new TimeCursor<string>(DateTimeOffset.UnixEpoch, 7),
        }
        select new WrongInput($"{At(call)}?{parameter.Name}={cursor}", 400, "bad_cursor", parameter.Name);

    public static IEnumerable<WrongInput> NoIdInThePath(KnownCall call) =>
        from name in call.Ids
        from id in NoIds.Where(id => !IsNumber(id))
        select WrongInput.NotFound(call.Url(place => place == name ? id : null), call.Body is null ? null : "{}");

    /// <summary>Parameters of which this table does not know whether any text is right.</summary>
    public static IEnumerable<string> Undecided(KnownCall call) => call.Query
        .Where(parameter => parameter.Type == typeof(string) && !Words.Contains(parameter.Name) && !Anything.Contains(parameter.Name))
        .Select(parameter => parameter.Name);

    private static WrongInput Wrong(KnownCall call, UrlParameter parameter, string text)
    {
        var url = $"{At(call)}?{parameter.Name}={text}";
        if (IsCursor(parameter)) return new WrongInput(url, 400, "bad_cursor", parameter.Name);
        return IsId(parameter) ? WrongInput.NotFound(url) : WrongInput.Unreadable(url, parameter.Name);
    }

    private static string[] NotOf(UrlParameter parameter) =>
        IsCursor(parameter) ? NoCursors
        : IsId(parameter) ? NoIds
        : parameter.Name == "limit" ? NoLimits
        : parameter.Type == typeof(int) || parameter.Type == typeof(long) ? NoNumbers
        : parameter.Type == typeof(bool) ? ["maybe", "1", "yes"]
        : parameter.Type == typeof(DateTimeOffset) ? NoTimes
        : parameter.Type == typeof(string) ? []
        : throw new InvalidOperationException($"What is wrong for a {parameter.Type.Name}?");

    private static bool IsCursor(UrlParameter parameter) => parameter.Type.IsAssignableTo(typeof(ICursor));

    private static bool IsId(UrlParameter parameter) => Array.Exists(
        parameter.Type.GetInterfaces(), face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IStringId<>));

    /// <summary>Contacts have ids that are numbers.</summary>
    private static bool IsNumber(string text) => text.All(char.IsAsciiDigit);

    private static string At(KnownCall call) => call.Url(_ => null);
}
