namespace InstaMessenger.Store.Domain;

/// <summary>Who wrote a message.</summary>
internal enum Direction
{
    /// <summary>The customer.</summary>
    Inbound,

    /// <summary>The business, from anywhere.</summary>
    Outbound,
}

/// <summary>What a message is, for whoever shows it.</summary>
internal enum MessageKind
{
    Text,
    Image,
    Video,
    Audio,
    File,

    Sticker,

    LikeHeart,

    /// <summary>The customer mentioned the business in a story; of its media only the address is kept.</summary>
    StoryMention,

    /// <summary>An answer to a story of the business.</summary>
    StoryReply,

    /// <summary>A post, story, product or link.</summary>
    Share,

    Reel,

    /// <summary>The customer tapped a button, an ice breaker or a menu item.</summary>
    Postback,

    /// <summary>A link brought the customer back into the thread.</summary>
    Referral,

    /// <summary>Cards with buttons, as a business sends them.</summary>
    Template,

    /// <summary>A picture or video that can be seen once, at Instagram only.</summary>
    Ephemeral,

    /// <summary>Taken back by whoever wrote it; nothing that it said is kept.</summary>
    Deleted,

    /// <summary>Something that we keep (as raw JSON) but cannot show.</summary>
    Unsupported,
}

/// <summary>Where an outbound message stands. See docs/message-states.md.</summary>
internal enum MessageStatus
{
    /// <summary>Accepted from the client for a later time.</summary>
    Scheduled,

    /// <summary>Accepted from the client, or waiting for a later try; not with Meta.</summary>
    Pending,

    /// <summary>The call to Meta is under way.</summary>
    Sending,

    /// <summary>Meta has it.</summary>
    Sent,

    /// <summary>The customer has seen it.</summary>
    Read,

    /// <summary>It will never be sent.</summary>
    Failed,

    /// <summary>It may have reached Meta; its echo or an operator will tell.</summary>
    Unknown,

    /// <summary>The client took it back before Meta had it.</summary>
    Cancelled,
}

/// <summary>Where an outbound message was written.</summary>
internal enum Origin
{
    /// <summary>A client of the API.</summary>
    Api,

    /// <summary>An agent in the inbox.</summary>
    Ui,

    /// <summary>A program that answers by itself; never tagged HUMAN_AGENT.</summary>
    Automation,

    /// <summary>Outside of this product: the phone, or another tool. We know it by its echo.</summary>
    Instagram,
}

/// <summary>Where an attachment's bytes are.</summary>
internal enum AttachmentState
{
    /// <summary>At the URL that Meta or the sender gave, for as long as that lives.</summary>
    Remote,

    /// <summary>On its way into our storage.</summary>
    Fetching,

    /// <summary>In our storage.</summary>
    Kept,

    /// <summary>It could not be had, or may not be kept.</summary>
    Failed,

    /// <summary>It was gone before it could be fetched.</summary>
    Expired,

    /// <summary>It was kept, and its time is over.</summary>
    Purged,
}

/// <summary>What an account does with attachments.</summary>
internal enum MediaMode
{
    /// <summary>Fetches each at once and keeps it for some days.</summary>
    Keep,

    /// <summary>Fetches one when somebody looks at it, and keeps it for an hour.</summary>
    Proxy,

    /// <summary>Shows Meta's own address, which dies with the content.</summary>
    Link,
}
