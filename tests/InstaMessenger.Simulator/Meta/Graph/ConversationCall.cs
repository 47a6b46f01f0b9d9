using System.Globalization;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary>
/// The conversations API, by which a product reads back what it may have missed. Details only of the 20 newest
/// messages, as at Meta.
/// </summary>
internal static class ConversationCall
{
    private const int Details = 20;

    /// <summary><c>GET /{version}/me/conversations?platform=instagram[&amp;user_id=…][&amp;limit=…][&amp;after=…]</c>.</summary>
    public static Task ListAsync(GraphContext call)
    {
        var query = call.Http.Request.Query;
        var only = query["user_id"].ToString();
        var limit = int.TryParse(query["limit"], out var wanted) ? Math.Clamp(wanted, 1, 100) : 25;
        _ = int.TryParse(query["after"], out var skip);
        Customer[] all = [.. call.Meta.Customers.All
            .Where(customer => customer.Account == call.Account!.Id && customer.Messages.Count > 0
                && (only.Length == 0 || only == customer.Igsid))
            .OrderByDescending(customer => customer.Messages[^1].At)];
        var withMessages = query["fields"].ToString().Contains("messages", StringComparison.Ordinal);
        JsonNode[] page = [.. all.Skip(skip).Take(limit).Select(customer => Describe(call, customer, withMessages))];
        var body = new JsonObject { ["data"] = new JsonArray(page) };
        var next = skip + page.Length;
        // As at Meta, the last page has no "next".
        if (next < all.Length)
        {
            var after = next.ToString(CultureInfo.InvariantCulture);
            var request = call.Http.Request;
            body["paging"] = new JsonObject
            {
                ["cursors"] = new JsonObject { ["after"] = after },
                ["next"] = $"{request.Scheme}://{request.Host}{request.Path}?platform=instagram&limit={limit}&after={after}",
            };
        }

        return call.AnswerAsync(body);
    }

    /// <summary><c>GET /{version}/{conversation-id}/messages</c>.</summary>
    public static Task MessagesAsync(GraphContext call)
    {
        var id = (string)call.Http.Request.RouteValues["id"]!;
        return Find(call, id) is { } customer ? call.AnswerAsync(Messages(call, customer)) : call.RefuseAsync(GraphError.MissingObject(id));
    }

    public static Customer? Find(GraphContext call, string conversationId) =>
        conversationId.StartsWith(Prefix(call), StringComparison.Ordinal)
            ? call.Meta.Customers.Find(call.Account!.Id, conversationId[Prefix(call).Length..])
            : null;

    public static JsonObject Describe(GraphContext call, Customer customer, bool withMessages)
    {
        JsonObject conversation = new() { ["id"] = Prefix(call) + customer.Igsid };
        if (customer.Messages is [.., var newest]) conversation["updated_time"] = Time(newest.At);
        if (withMessages) conversation["messages"] = Messages(call, customer);
        return conversation;
    }

    /// <summary>A message of any customer of the account; null when nobody has it or it is older than the newest 20.</summary>
    public static JsonObject? Message(GraphContext call, string mid)
    {
        foreach (var customer in call.Meta.Customers.All.Where(customer => customer.Account == call.Account!.Id))
            if (customer.Messages.TakeLast(Details).FirstOrDefault(message => message.Mid == mid) is { } message)
                return Describe(call, customer, message);
        return null;
    }

    private static JsonObject Messages(GraphContext call, Customer customer) => new()
    {
        ["data"] = new JsonArray([.. customer.Messages.Reverse().Where(message => !message.Unsent)
            .Select((message, age) => age < Details ? Describe(call, customer, message) : new JsonObject { ["id"] = message.Mid })]),
    };

    private static JsonObject Describe(GraphContext call, Customer customer, ChatMessage message)
    {
        JsonObject Person(bool isCustomer) => isCustomer
            ? new() { ["id"] = customer.Igsid, ["username"] = customer.Username }
            : new() { ["id"] = call.Account!.Id, ["username"] = call.Account.Username };

        JsonObject described = new()
        {
            ["id"] = message.Mid,
            ["created_time"] = Time(message.At),
            ["from"] = Person(message.FromCustomer),
            ["to"] = new JsonObject { ["data"] = new JsonArray(Person(!message.FromCustomer)) },
            ["message"] = message.Text ?? "",
        };
        if (message.AttachmentUrl is { } url)
            described["attachments"] = new JsonObject
            {
                ["data"] = new JsonArray([.. message.MoreUrls.Prepend(url).Select((each, index) => message.AttachmentType switch
                {
                    "image" => new JsonObject { ["id"] = $"{index}", ["image_data"] = new JsonObject { ["url"] = each } },
                    "video" => new JsonObject { ["id"] = $"{index}", ["video_data"] = new JsonObject { ["url"] = each } },
                    _ => new JsonObject { ["id"] = $"{index}", ["file_url"] = each },
                })]),
            };
        return described;
    }

    private static string Prefix(GraphContext call) => $"aWdfZAG06{call.Account!.Id}.";

    // +0000 without a colon, as Meta writes it.
    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", CultureInfo.InvariantCulture);
}
