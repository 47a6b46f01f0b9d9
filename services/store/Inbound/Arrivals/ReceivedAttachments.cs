using System.Text.Json;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// What a message has attached. The list of Meta's types is open: one that nobody knows is not shown, and kept as raw JSON.
/// </summary>
/// <param name="Kind">The kind of the first that can be shown; null when there is none.</param>
/// <param name="Media">Pictures, videos, recordings and files, in order.</param>
/// <param name="Story">The story that mentions the business.</param>
/// <param name="Share">What is shared.</param>
/// <param name="Template">Meta's JSON of a template.</param>
/// <param name="ShowsAll">Whether that is all there is.</param>
internal sealed record ReceivedAttachments(
    MessageKind? Kind, IReadOnlyList<RemoteMedia> Media, Story? Story, Share? Share, string? Template, bool ShowsAll)
{
    /// <summary>Only so many can have an id. A longer list is kept in the raw JSON.</summary>
    private const int MostMedia = 1000;

    public static ReceivedAttachments Read(JsonElement message)
    {
        var parts = (message.Member("attachments") is { ValueKind: JsonValueKind.Object } single ? [single]
            : message.Member("attachments").Items()).Select(part => Part.Of(part, message)).ToList();
        var isList = message.Member("attachments") is null or { ValueKind: JsonValueKind.Array or JsonValueKind.Object };
        var shown = parts.FindAll(part => part.Kind is not null);
        var media = shown.Where(part => part.Media is not null).Select(part => part.Media!).ToList();
        var shares = shown.Where(part => part.Share is not null).Select(part => part.Share!).ToList();
        // Until Meta took the old form away, one share came in both forms in one message.
        var share = shares.Find(one => one.Id is not null) ?? shares.FirstOrDefault();
        var showsAll = isList
            && parts.TrueForAll(part => part.ShowsAll)
            && media.Count <= MostMedia
            && shares.TrueForAll(one => IsSame(one, share!))
            && shown.Count(part => part.Story is not null) <= 1
            && shown.Count(part => part.Template is not null) <= 1;
        return new ReceivedAttachments(
            shown.FirstOrDefault()?.Kind,
            [.. media.Take(MostMedia)],
            shown.Find(part => part.Story is not null)?.Story,
            share,
            shown.Find(part => part.Template is not null)?.Template,
            showsAll);
    }

    private static bool IsSame(Share one, Share other) =>
        one == other || (one.Type == other.Type && one.Url == other.Url && (one.Id is null || one.Id == other.Id)
            && (one.Title is null || one.Title == other.Title));

    /// <summary>One of the list.</summary>
    private sealed record Part(
        MessageKind? Kind, RemoteMedia? Media = null, Story? Story = null, Share? Share = null, string? Template = null,
        bool ShowsAll = false)
    {
        private static readonly Part Unknown = new(Kind: null);

        public static Part Of(JsonElement part, JsonElement message)
        {
            var payload = part.Member("payload");
            var hasOnlyUrl = part.HasOnly("type", "payload") && payload.HasOnly("url");
            var url = Addresses.Of(payload.Member("url"));
            // A sticker is an attachment of its own type, or a picture that has the number of one, or whose message has.
            var isSticker = payload.Member("sticker_id") is not null || message.Member("sticker_id") is not null;
            return part.Member("type").Text() switch
            {
                "sticker" => new Part(MessageKind.Sticker, Picture(url), ShowsAll: hasOnlyUrl),
                MediaTypes.Image when url is not null && isSticker => new Part(MessageKind.Sticker, Picture(url), ShowsAll: hasOnlyUrl),
                { } type when MediaTypes.All.Contains(type) && url is not null =>
                    new Part(MessageContent.KindOf(type), new RemoteMedia(type, url), ShowsAll: hasOnlyUrl),
                "like_heart" => new Part(MessageKind.LikeHeart, ShowsAll: payload is null && part.HasOnly("type")),
                "ephemeral" => new Part(MessageKind.Ephemeral, ShowsAll: payload is null && part.HasOnly("type")),
                "story_mention" => new Part(
                    MessageKind.StoryMention, Story: new Story(payload.Member("id").Id(), url),
                    ShowsAll: url is not null && part.HasOnly("type", "payload") && payload.HasOnly("id", "url")),
                "share" or "ig_post" or "media" or "media_share" or "MEDIA_SHARE" => OfShare(MessageKind.Share, "post", part, payload),
                "story" or "ig_story" => OfShare(MessageKind.Share, "story", part, payload),
                "ig_reel" or "reel" => OfShare(MessageKind.Reel, "reel", part, payload),
                "fallback" => OfShare(MessageKind.Share, "link", part, payload),
                "template" => OfTemplate(part, payload),
                _ => Unknown,
            };
        }

        private static RemoteMedia? Picture(string? url) => url is null ? null : new RemoteMedia(MediaTypes.Image, url);

        private static Part OfShare(MessageKind kind, string type, JsonElement part, JsonElement? payload)
        {
            string[] names = ["ig_post_media_id", "reel_video_id", "ig_story_media_id", "story_media_id", "media_id", "id"];
            var id = names.Select(name => payload.Member(name).Id()).FirstOrDefault(found => found is not null);
            // Messenger's old form has title and address beside the payload.
            var title = payload.Member("title").Text() ?? part.Member("title").Text();
            var url = Addresses.Of(payload.Member("url")) ?? Addresses.Of(part.Member("url"));
            if ((id ?? title ?? url) is null) return new Part(kind, Share: new Share(type, null, null, null));
            var hasOneId = names.Count(name => payload.Member(name) is not null) <= 1;
            return new Part(
                kind, Share: new Share(type, id, title, url),
                ShowsAll: hasOneId && part.HasOnly("type", "payload") && payload.HasOnly(["title", "url", .. names])
                    && (payload.Member("url") is null || url is not null));
        }

        private static Part OfTemplate(JsonElement part, JsonElement? payload)
        {
            if (payload is not { ValueKind: JsonValueKind.Object } template) return new Part(MessageKind.Template);
            if (template.Member("product") is not { } product)
                return new Part(MessageKind.Template, Template: template.GetRawText(), ShowsAll: part.HasOnly("type", "payload"));
            var first = product.Member("elements").Items().FirstOrDefault();
            // It has more than we show: prices, and the other products.
            return new Part(
                MessageKind.Share,
                Share: new Share(
                    "product", first.Member("id").Id(), first.Member("title").Text(), Addresses.Of(first.Member("image_url"))));
        }
    }
}
