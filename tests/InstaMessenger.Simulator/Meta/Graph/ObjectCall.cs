using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Accounts;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary><c>GET /{version}/{id}</c>: the account itself, a customer's profile, a conversation or a message.</summary>
internal static class ObjectCall
{
    public static Task HandleAsync(GraphContext call)
    {
        var id = (string)call.Http.Request.RouteValues["id"]!;
        if (id == "me" || call.Account!.IsCalled(id)) return call.AnswerAsync(Own(call.Account!));
        if (call.Meta.Customers.Find(call.Account.Id, id) is { } customer)
            return customer.Profile switch
            {
                ProfileAccess.NoConsent => call.RefuseAsync(GraphError.NoConsent),
                ProfileAccess.Missing => call.RefuseAsync(GraphError.MissingObject(id)),
                _ => call.AnswerAsync(Profile(call, customer)),
            };
        if (ConversationCall.Find(call, id) is { } thread)
            return call.AnswerAsync(ConversationCall.Describe(call, thread, withMessages: true));
        return ConversationCall.Message(call, id) is { } message
            ? call.AnswerAsync(message)
            : call.RefuseAsync(GraphError.MissingObject(id));
    }

    private static JsonObject Own(SimulatedAccount account) => account.Login == GraphHost.Facebook
        ? new()
        {
            ["id"] = account.PageId ?? account.Id,
            ["name"] = account.Username,
            ["username"] = account.Username,
            ["instagram_business_account"] = new JsonObject
            {
                ["id"] = account.Id, ["username"] = account.Username, ["name"] = account.Username,
            },
        }
        : account.IsPersonal ? new() { ["id"] = account.AppScopedId ?? account.Id, ["username"] = account.Username }
        : new()
        {
            ["id"] = account.AppScopedId ?? account.Id,
            ["user_id"] = account.Id,
            ["username"] = account.Username,
            ["name"] = account.Username,
            ["account_type"] = "Business",
        };

    private static JsonObject Profile(GraphContext call, Customer customer) => new()
    {
        ["id"] = customer.Igsid,
        ["name"] = customer.Name,
        ["username"] = customer.Username,
        // Like Meta's, another address at every look-up.
        ["profile_pic"] = $"{call.Http.Request.Scheme}://{call.Http.Request.Host}/cdn/avatar-{customer.Igsid}.png"
            + $"?oe={call.Meta.Customers.Now.ToUnixTimeSeconds():x}",
        ["follower_count"] = customer.Followers,
        ["is_user_follow_business"] = customer.FollowsBusiness,
        ["is_business_follow_user"] = customer.FollowedByBusiness,
        ["is_verified_user"] = customer.IsVerified,
    };
}
