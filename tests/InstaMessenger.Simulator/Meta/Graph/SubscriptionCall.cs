using System.Text.Json;
using System.Text.Json.Nodes;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary><c>/{version}/{id|me}/subscribed_apps</c>.</summary>
internal static class SubscriptionCall
{
    public static async Task AddAsync(GraphContext call)
    {
        var fields = call.Http.Request.Query["subscribed_fields"].ToString();
        if (fields.Length == 0 && call.Http.Request.HasFormContentType)
            fields = (await call.Http.Request.ReadFormAsync())["subscribed_fields"].ToString();
        else if (fields.Length == 0 && call.Http.Request.ContentLength > 0)
            fields = await FromBodyAsync(call);
        string[] names = fields.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            await call.RefuseAsync(GraphError.Invalid("The parameter subscribed_fields is required."));
            return;
        }
        call.Meta.Accounts.Subscribe(call.Account!.Id, names);
        await call.AnswerAsync(new JsonObject { ["success"] = true });
    }

    public static Task ListAsync(GraphContext call)
    {
        var fields = call.Meta.Accounts.Subscriptions(call.Account!.Id);
        JsonArray apps = fields.Count == 0
            ? []
            :
            [
                new JsonObject
                {
                    ["id"] = "900000000000001",
                    ["name"] = "Simulated app",
                    ["subscribed_fields"] = new JsonArray([.. fields.Select(field => JsonValue.Create(field))]),
                },
            ];
        return call.AnswerAsync(new JsonObject { ["data"] = apps });
    }

    public static Task RemoveAsync(GraphContext call)
    {
        call.Meta.Accounts.Subscribe(call.Account!.Id, []);
        return call.AnswerAsync(new JsonObject { ["success"] = true });
    }

    private static async Task<string> FromBodyAsync(GraphContext call)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(call.Http.Request.Body);
            var fields = body.RootElement.GetProperty("subscribed_fields");
            return fields.ValueKind == JsonValueKind.Array
                ? string.Join(',', fields.EnumerateArray().Select(field => field.GetString()))
                : fields.GetString() ?? "";
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }
}
