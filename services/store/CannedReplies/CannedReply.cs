using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.CannedReplies;

/// <summary>
/// A text that people answer with again and again, found by its shortcut. It may hold variables like <c>{{contact.name}}</c>, which
/// whoever inserts it fills in: what is kept here is what was written.
/// </summary>
internal sealed class CannedReply
{
    /// <summary><c>can_…</c>, ordered by time to the millisecond.</summary>
    public required string Id { get; init; }

    public required string Shortcut { get; set; }

    public required string Text { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public static CannedReply Create(string shortcut, string text, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return new CannedReply
        {
            Id = "can_" + Guid.CreateVersion7(now).ToString("n"),
            Shortcut = shortcut,
            Text = text,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private sealed class Table : IEntityTypeConfiguration<CannedReply>
    {
        public void Configure(EntityTypeBuilder<CannedReply> entity)
        {
            entity.ToTable("canned_replies");
            entity.HasKey(reply => reply.Id);
            entity.Property(reply => reply.Id).HasMaxLength(40);
            // A character of a shortcut may be two of the database's.
            entity.Property(reply => reply.Shortcut).HasMaxLength(CannedReplyFields.LongestShortcut * 2);
            entity.Property(reply => reply.Text).HasMaxLength(CannedReplyFields.LongestText);
            entity.HasRowVersion();
        }
    }
}

/// <summary>Where a reply is offered. In one place a shortcut names one reply, and no other tenant's replies are in it.</summary>
internal sealed class CannedReplyPlace
{
    /// <summary>The place that is every account: one of its own may have the same shortcut beside it.</summary>
    public const string Everywhere = "*";

    /// <summary>An account's id, or <see cref="Everywhere"/>.</summary>
    public required string Place { get; init; }

    public required string ReplyId { get; init; }

    /// <summary>The shortcut as it is compared.</summary>
    public required string ShortcutKey { get; set; }

    public bool IsEverywhere => Place == Everywhere;

    /// <summary>The account; null for <see cref="Everywhere"/>, and for what no code of ours wrote.</summary>
    public AccountId? Account => AccountId.TryParse(Place, out var account) ? account : null;

    private sealed class Table : IEntityTypeConfiguration<CannedReplyPlace>
    {
        public void Configure(EntityTypeBuilder<CannedReplyPlace> entity)
        {
            entity.ToTable("canned_reply_places");
            entity.HasKey(place => new { place.Place, place.ReplyId });
            entity.Ignore(place => place.IsEverywhere);
            entity.Ignore(place => place.Account);
            entity.Property(place => place.Place).HasMaxLength(40);
            entity.Property(place => place.ReplyId).HasMaxLength(40);
            entity.Property(place => place.ShortcutKey).HasMaxLength(CannedReplyFields.LongestShortcut * 2);
            entity.HasIndex(place => new { place.Place, place.ShortcutKey }).IsUnique();
            entity.HasIndex(place => place.ReplyId);
        }
    }
}
