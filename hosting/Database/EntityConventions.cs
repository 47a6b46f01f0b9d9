using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace InstaMessenger.Hosting.Database;

/// <summary>How ids, times, enums and what is sent are stored, the same in every database of the product.</summary>
public static class EntityConventions
{
    /// <summary>
    /// Ids as text; what is sent as one JSON column; times as milliseconds since 1970 (UTC), which both providers can order and compare;
    /// enums by their names. An enum whose numbers mean something (an order, flags) says so in its table.
    /// </summary>
    /// <param name="configuration">A context's conventions.</param>
    public static void Apply(ModelConfigurationBuilder configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configuration.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);
        configuration.Properties<OutgoingContent>().HaveConversion<ContentJson>();
        Id<AccountId>(configuration, 40);
        Id<MessageId>(configuration, 40);
        Id<ConversationId>(configuration, 40);
        Id<EventId>(configuration, 40);
        Id<AttachmentId>(configuration, 48);
        Id<UploadId>(configuration, 40);
        Id<MediaFile>(configuration, 40);
        Id<InstagramAccountId>(configuration, 20);
        Id<MessagingChannelId>(configuration, 20);
        Id<InstagramUserId>(configuration, 20);
        Id<InstagramMessageId>(configuration, 512);
        Id<IdempotencyKey>(configuration, 255);
    }

    private static void Id<TId>(ModelConfigurationBuilder configuration, int length)
        where TId : struct, IStringId<TId> =>
        configuration.Properties<TId>().HaveConversion<StringId<TId>>().HaveMaxLength(length);

    private sealed class StringId<TId>() : ValueConverter<TId, string>(id => id.Value, text => IStringId<TId>.Parse(text))
        where TId : struct, IStringId<TId>;

    private sealed class ContentJson() : ValueConverter<OutgoingContent, string>(
        content => content.ToJson(), json => OutgoingContent.OfJson(json));

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(),
        milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
