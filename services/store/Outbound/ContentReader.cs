using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Uploads;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// Reads what is to be sent, and checks it against Meta's limits (meta-platform.md 3.2), so that nothing is refused there that could be
/// known here.
/// </summary>
internal sealed class ContentReader(BodyFields body, bool allowHttp)
{
    /// <summary>The members of a body that it reads.</summary>
    public static readonly IReadOnlyList<string> Members =
    [
        "message", "split", "attachment_url", "attachment_id", "attachment_type", "attachments", "sticker", "share_media_id",
        "quick_replies", "template",
    ];

    /// <summary>
    /// Of these a request has one, which goes before its text. <c>file</c> is the file of a form: its hash, since the bytes lie elsewhere.
    /// </summary>
    private static readonly string[] Things =
        ["attachment_url", "attachment_id", UploadForm.FileField, "attachments", "sticker", "share_media_id", "template"];

    private readonly List<AttachedUpload> _uploads = [];

    private const int MostImages = 10;
    private const int MostQuickReplies = 13;
    private const int MostElements = 10;
    private const int MostButtons = 3;

    /// <summary>The longest payload and button title; ours, since Meta names no limit.</summary>
    private const int MostPayload = 1000;
    private const int MostButtonTitle = 80;

    /// <summary>The uploads that the content refers to, to be looked up.</summary>
    public IReadOnlyList<AttachedUpload> Uploads => _uploads;

    /// <summary>Returns the messages that a request becomes, in the order in which they are sent; notes what is wrong.</summary>
    public IReadOnlyList<OutgoingContent> Read()
    {
        var given = Things.Where(body.Has).ToList();
        foreach (var name in given.Skip(1))
            body.Wrong(name, $"There is {given[0]} already: a request has one of {string.Join(", ", Things)}.");
        if (given.Count == 0 && !body.Has("message"))
            body.Wrong("message", $"A message or one of {string.Join(", ", Things)} is needed.");
        if (body.Has("attachment_type") && !given.Exists(name => name is "attachment_url" or "attachment_id" or UploadForm.FileField))
            body.Wrong("attachment_type", "There is no attachment_url, attachment_id or file.");
        OutgoingContent?[] things = [Attachment(), Images(), Sticker(), Share(), Template()];
        return [.. things.OfType<OutgoingContent>().Take(1), .. Texts()];
    }

    /// <summary>The sentence for a text that is too long, with how long it is.</summary>
    public static string TooLong(int bytes) =>
        $"Has {bytes} bytes in UTF-8; Instagram takes at most {TextParts.MostBytes}. With \"split\":true it is sent in parts.";

    private IEnumerable<OutgoingContent> Texts()
    {
        var (text, split, choices) = (body.Text("message"), body.Flag("split"), QuickReplies());
        if (text is null) return [];
        if (string.IsNullOrWhiteSpace(text)) body.Wrong("message", "Must not be blank.");
        var parts = split ? TextParts.Of(text) : [text];
        if (Encoding.UTF8.GetByteCount(text) is > TextParts.MostBytes and var bytes && !split) body.Wrong("message", TooLong(bytes));
        // Below the last part, where the customer answers.
        return parts.Select((part, index) => new OutgoingText(part, index == parts.Count - 1 ? choices : null));
    }

    private IReadOnlyList<QuickReply>? QuickReplies()
    {
        if (!body.Has("quick_replies")) return null;
        if (!body.Has("message")) body.Wrong("quick_replies", "There is no message: quick replies stand below a text.");
        return [.. body.Objects("quick_replies", 1, MostQuickReplies).Select(reply =>
        {
            reply.HasOnly("title", "payload");
            return new QuickReply(reply.Text("title", 20), reply.Text("payload", MostPayload));
        })];
    }

    private OutgoingMedia? Attachment()
    {
        var type = body.Text("attachment_type");
        if (body.Text("attachment_url") is { } address) return Media(body, "attachment_url", address, type);
        if (body.Has("attachment_id")) return new OutgoingMedia(type ?? "", Upload(body, "attachment_id", "attachment_id", type));
        return body.Has(UploadForm.FileField) ? new OutgoingMedia(type ?? "", OwnFile(type)) : null;
    }

    /// <summary>Notes an upload to be looked up, and returns what stands for its URL until then.</summary>
    private string Upload(BodyFields fields, string name, string field, string? type)
    {
        if (!UploadId.TryParse(fields.Text(name), out var id)) fields.Wrong(name, "Must be an upload's id: up_…");
        return Add(new AttachedUpload(id, field, type));
    }

    private string OwnFile(string? type) => Add(new AttachedUpload(null, UploadForm.FileField, type));

    private string Add(AttachedUpload upload)
    {
        _uploads.Add(upload);
        return upload.Reference;
    }

    private OutgoingMedia? Media(BodyFields fields, string name, string address, string? type)
    {
        if (AttachmentUrl.CheckUrl(address, allowHttp, out var url) is { } error)
        {
            fields.Wrong(name, error);
            return null;
        }

        if (AttachmentUrl.TryFindType(url!, type, out var known, out var wrong)) return new OutgoingMedia(known, address);
        fields.Wrong(wrong.Field == "attachment_type" ? wrong.Field : name, wrong.Error);
        return null;
    }

    private OutgoingContent? Images()
    {
        var urls = body.Objects("attachments", 1, MostImages).Select((image, index) =>
        {
            image.HasOnly("url", "attachment_id");
            if (image.Has("attachment_id") && image.Has("url")) image.Wrong("url", "There is attachment_id already.");
            if (image.Has("attachment_id"))
                return Upload(image, "attachment_id", $"attachments[{index}].attachment_id", MediaTypes.Image);
            if (!image.Has("url")) image.Wrong("url", "Is needed.");
            if (image.Text("url") is not { } address) return "";
            // Without an extension it is taken for an image, since nothing else can be sent in a list.
            var hasExtension = Uri.TryCreate(address, UriKind.Absolute, out var url) && Path.HasExtension(url.AbsolutePath);
            var media = Media(image, "url", address, hasExtension ? null : MediaTypes.Image);
            if (media is { Type: not MediaTypes.Image }) image.Wrong("url", "Is no image; several attachments are images.");
            return address;
        }).ToList();
        return urls.Count switch
        {
            0 => null,
            1 => new OutgoingMedia(MediaTypes.Image, urls[0]),
            _ => new OutgoingImages(urls),
        };
    }

    private OutgoingSticker? Sticker()
    {
        if (body.Text("sticker") is not { } name) return null;
        if (name != "like_heart") body.Wrong("sticker", "Must be like_heart: Instagram takes no other sticker.");
        return new OutgoingSticker(name);
    }

    private OutgoingShare? Share()
    {
        if (body.Text("share_media_id") is not { } id) return null;
        if (id.Length is 0 or > 30 || !id.All(char.IsAsciiDigit))
            body.Wrong("share_media_id", "Must be Instagram's id of a post of the account: 1 to 30 digits.");
        return new OutgoingShare(id);
    }

    private OutgoingContent? Template()
    {
        if (body.Object("template") is not { } template) return null;
        switch (template.Text("type"))
        {
            case "generic":
                template.HasOnly("type", "elements");
                if (!template.Has("elements")) template.Wrong("elements", "Is needed.");
                return new OutgoingGenericTemplate([.. template.Objects("elements", 1, MostElements).Select(Element)]);
            case "button":
                template.HasOnly("type", "text", "buttons");
                if (!template.Has("buttons")) template.Wrong("buttons", "Is needed.");
                return new OutgoingButtonTemplate(template.Text("text", 640), Buttons(template));
            default:
                template.Wrong("type", "Must be generic or button.");
                return null;
        }
    }

    private TemplateElement Element(BodyFields element)
    {
        element.HasOnly("title", "subtitle", "image_url", "default_url", "buttons");
        string[] properties = ["subtitle", "image_url", "default_url", "buttons"];
        if (!properties.Any(element.Has)) element.Wrong("title", $"Needs one of {string.Join(", ", properties)} beside it.");
        return new TemplateElement(
            element.Text("title", 80),
            element.OptionalText("subtitle", 80),
            element.Url("image_url", allowHttp),
            element.Url("default_url", allowHttp),
            element.Has("buttons") ? Buttons(element) : null);
    }

    private List<TemplateButton> Buttons(BodyFields parent) => [.. parent.Objects("buttons", 1, MostButtons).Select(button =>
    {
        button.HasOnly("type", "title", "url", "payload");
        var isUrl = button.Text("type") == "url";
        if (!isUrl && button.Text("type") != "postback") button.Wrong("type", "Must be url or postback.");
        if (button.Has(isUrl ? "payload" : "url")) button.Wrong(isUrl ? "payload" : "url", "Does not belong to a button of this type.");
        if (isUrl && !button.Has("url")) button.Wrong("url", "Is needed.");
        return new TemplateButton(
            button.Text("title", MostButtonTitle),
            isUrl ? button.Url("url", allowHttp) : null,
            isUrl ? null : button.Text("payload", MostPayload));
    })];
}
