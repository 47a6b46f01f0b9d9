using System.Text.Json.Nodes;

namespace InstaMessenger.Simulator.Meta.Webhooks;

/// <summary>Who does it, and to what.</summary>
public enum MetaEventOf
{
    /// <summary>The customer writes or taps.</summary>
    Customer,

    /// <summary>The business writes elsewhere: an echo.</summary>
    Business,

    /// <summary>Something happens to a message of the customer's.</summary>
    CustomersMessage,

    /// <summary>Something happens to a message of the business's.</summary>
    BusinessMessage,

    /// <summary>Something that is no message.</summary>
    Nobody,
}

/// <summary>Where an event is played, and with which ids.</summary>
/// <param name="Account">The professional account id.</param>
/// <param name="Customer">The IGSID; unlike all others, it shows in every event.</param>
/// <param name="Mid">Meta's id of what is written.</param>
/// <param name="Target">The message that something happens to, or that is answered.</param>
/// <param name="Media">Where pictures and other files lie.</param>
/// <param name="At">When.</param>
public sealed record MetaScene(string Account, string Customer, string Mid, string Target, string Media, DateTimeOffset At);

/// <summary>One of the things that Meta posts.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Of">Who does it.</param>
/// <param name="Item">Builds the messaging item, or the value of a change.</param>
/// <param name="Field">The field of a change, for what is never a messaging item; null otherwise.</param>
public sealed record MetaEvent(string Name, MetaEventOf Of, Func<MetaScene, JsonObject> Item, string? Field = null)
{
    private const string Image = "image";

    /// <summary>Every kind of event and message that Meta is known to post.</summary>
    public static IReadOnlyList<MetaEvent> All { get; } =
    [
        Says("text", scene => new() { ["text"] = "Hello!" }),
        Says("reply", scene => new() { ["text"] = "Yes!", ["reply_to"] = new JsonObject { ["mid"] = scene.Target } }),
        Says("quick_reply", _ => new() { ["text"] = "Yes", ["quick_reply"] = new JsonObject { ["payload"] = "YES" } }),
        Says("story_reply", scene => new()
        {
            ["text"] = "Nice!",
            ["reply_to"] = new JsonObject { ["story"] = new JsonObject { ["id"] = "179", ["url"] = scene.Media + "story.png" } },
        }),
        Says("text_with_referral", _ => new() { ["text"] = "Is it there?", ["referral"] = Advertisement() }),
        new("text_beside_referral", MetaEventOf.Customer, scene =>
        {
            var item = MetaPayloads.Text(scene.Account, scene.Customer, scene.Mid, "Is it there?", scene.At);
            item["referral"] = Advertisement();
            return item;
        }),
        Shows(Image),
        Shows("video"),
        Shows("audio"),
        Shows("file"),
        Says("album", scene => new()
        {
            ["attachments"] = new JsonArray(
                MetaPayloads.AttachmentPart(Image, scene.Media + "1.png"), MetaPayloads.AttachmentPart(Image, scene.Media + "2.png")),
        }),
        Shows("sticker"),
        Says("sticker_picture", scene => Attached(new()
        {
            ["type"] = Image,
            ["payload"] = new JsonObject { ["url"] = scene.Media + "sticker.png", ["sticker_id"] = 369239263222822 },
        })),
        Says("like_heart", _ => Attached(MetaPayloads.AttachmentPart("like_heart", null))),
        Says("ephemeral", _ => Attached(MetaPayloads.AttachmentPart("ephemeral", null))),
        Shows("story_mention"),
        Shares("share", "media_id"),
        Shares("ig_post", "ig_post_media_id"),
        Shares("media", "media_id"),
        Shares("story", "story_media_id"),
        Shares("ig_story", "ig_story_media_id"),
        Shares("reel", "reel_video_id"),
        Shares("ig_reel", "reel_video_id"),
        Shows("fallback"),
        Says("product", scene => Attached(new()
        {
            ["type"] = "template",
            ["payload"] = new JsonObject
            {
                ["product"] = new JsonObject
                {
                    ["elements"] = new JsonArray(new JsonObject
                    {
                        ["id"] = "5", ["title"] = "A jacket", ["subtitle"] = "$10", ["image_url"] = scene.Media + "jacket.png",
                    }),
                },
            },
        })),
        Says("template", _ => Attached(new()
        {
            ["type"] = "template",
            ["payload"] = new JsonObject
            {
                ["generic"] = new JsonObject { ["elements"] = new JsonArray(new JsonObject { ["title"] = "A jacket" }) },
            },
        })),
        Says("location", _ => Attached(new()
        {
            ["type"] = "location",
            ["payload"] = new JsonObject { ["coordinates"] = new JsonObject { ["lat"] = 1, ["long"] = 2 } },
        })),
        Shows("hologram"),
        Says("is_unsupported", _ => new() { ["is_unsupported"] = true }),
        new("postback", MetaEventOf.Customer, scene =>
            MetaPayloads.Postback(scene.Account, scene.Customer, scene.Mid, "Talk to us", "HUMAN", scene.At)),
        new("referral", MetaEventOf.Customer, scene =>
            MetaPayloads.Referral(scene.Account, scene.Customer, "summer", "https://ig.me/m/shop", scene.At)),
        new("echo", MetaEventOf.Business, scene =>
            MetaPayloads.Echo(scene.Account, scene.Customer, scene.Mid, "Open until six.", scene.At)),
        new("echo_of_another_app", MetaEventOf.Business, scene =>
        {
            var item = MetaPayloads.Echo(scene.Account, scene.Customer, scene.Mid, "Open until six.", scene.At);
            item["message"]!["app_id"] = 1517776481860111;
            return item;
        }),
        new("self_message", MetaEventOf.Business, scene =>
            MetaPayloads.SelfMessage(scene.Account, scene.Customer, scene.Mid, "A note to myself", scene.At)),
        new("self_postback", MetaEventOf.Business, scene =>
        {
            var item = MetaPayloads.Postback(scene.Account, scene.Customer, scene.Mid, "Try it", "TRY", scene.At);
            item["is_self"] = true;
            return item;
        }),
        new("edit", MetaEventOf.CustomersMessage, scene =>
            MetaPayloads.Edit(scene.Account, scene.Customer, scene.Target, "Hello there!", 1, scene.At)),
        new("edit_without_text", MetaEventOf.Nobody, scene =>
            MetaPayloads.Edit(scene.Account, scene.Customer, scene.Mid, null, 0, scene.At)),
        new("unsend", MetaEventOf.CustomersMessage, scene =>
            MetaPayloads.Unsend(scene.Account, scene.Customer, scene.Target, scene.At)),
        new("unsend_by_business", MetaEventOf.BusinessMessage, scene =>
            MetaPayloads.EchoUnsend(scene.Account, scene.Customer, scene.Target, scene.At)),
        new("reaction", MetaEventOf.BusinessMessage, scene =>
            MetaPayloads.React(scene.Account, scene.Customer, scene.Target, "love", @"\u{2764}\u{FE0F}", scene.At)),
        new("read", MetaEventOf.BusinessMessage, scene => MetaPayloads.Read(scene.Account, scene.Customer, scene.Target, scene.At)),
        new("read_up_to", MetaEventOf.BusinessMessage, scene =>
            MetaPayloads.ReadUpTo(scene.Account, scene.Customer, scene.At, scene.At)),
        new("optin", MetaEventOf.Nobody, scene => MetaPayloads.Optin(scene.Account, scene.Customer, "newsletter", scene.At)),
        Happens("pass_thread_control", new() { ["new_owner_app_id"] = "123", ["metadata"] = "routed" }),
        Happens("take_thread_control", new() { ["previous_owner_app_id"] = "123", ["metadata"] = "routed" }),
        Happens("request_thread_control", new() { ["requested_owner_app_id"] = "123", ["metadata"] = "routed" }),
        Happens("app_roles", new() { ["123"] = new JsonArray("primary_receiver") }),
        Happens("policy-enforcement", new() { ["action"] = "warning", ["reason"] = "Too many messages" }),
        Happens("account_linking", new() { ["status"] = "linked", ["authorization_code"] = "code" }),
        Happens("response_feedback", new() { ["feedback"] = "Good bot", ["mid"] = "m" }),
        Happens("brand_new", new() { ["a"] = 1 }),
        new("comment", MetaEventOf.Nobody, scene => CommentOf(scene, "FEED"), "comments"),
        new("live_comment", MetaEventOf.Nobody, scene => CommentOf(scene, "LIVE"), "live_comments"),
        new("mention", MetaEventOf.Nobody, scene => new() { ["media_id"] = "179", ["comment_id"] = scene.Customer }, "mentions"),
    ];

    /// <summary>The one of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static MetaEvent Called(string name) =>
        All.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException($"Nothing is called {name}.", nameof(name));

    private static MetaEvent Says(string name, Func<MetaScene, JsonObject> message) => new(name, MetaEventOf.Customer, scene =>
    {
        var content = message(scene);
        content.Insert(0, "mid", scene.Mid);
        return MetaPayloads.Message(scene.Account, scene.Customer, scene.At, content);
    });

    private static MetaEvent Shows(string type) =>
        Says(type, scene => Attached(MetaPayloads.AttachmentPart(type, $"{scene.Media}{type}.png")));

    private static MetaEvent Shares(string type, string id) => Says(type, scene => Attached(new()
    {
        ["type"] = type,
        ["payload"] = new JsonObject { [id] = "1789", ["title"] = "A caption", ["url"] = scene.Media + "post.png" },
    }));

    private static MetaEvent Happens(string name, JsonObject content) => new(name, MetaEventOf.Nobody, scene =>
        MetaPayloads.Item(scene.Customer, scene.Account, scene.At, name, (JsonObject)content.DeepClone()));

    private static JsonObject Attached(JsonObject part) => new() { ["attachments"] = new JsonArray(part) };

    private static JsonObject Advertisement() => new()
    {
        ["ref"] = "ad",
        ["ad_id"] = "23",
        ["source"] = "ADS",
        ["type"] = "OPEN_THREAD",
        ["ads_context_data"] = new JsonObject { ["ad_title"] = "Jackets" },
    };

    private static JsonObject CommentOf(MetaScene scene, string media) => new()
    {
        ["id"] = "178" + scene.Customer[^14..],
        ["from"] = new JsonObject { ["id"] = scene.Customer, ["username"] = "customer" },
        ["text"] = "How much?",
        ["media"] = new JsonObject { ["id"] = "179", ["media_product_type"] = media },
    };
}
