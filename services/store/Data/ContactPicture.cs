using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Contracts.Ids;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>
/// A file with the picture of a contact. A thread has at most two: the one that is shown, and one that is fetched to be shown next. Its
/// file goes with the row.
/// </summary>
internal sealed class ContactPicture
{
    public MediaFile File { get; private init; }

    public ConversationId ConversationId { get; private init; }

    /// <summary>Which picture it is: a hash of its name at Meta, so that one that has not changed is not fetched every day.</summary>
    public string Picture { get; private init; } = "";

    /// <summary>
    /// When it goes (UTC): one that is fetched because nothing was heard of it, one that is kept because its contact was not looked up for
    /// as long as the account keeps media. Null for not.
    /// </summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>What its bytes are; null while they are being fetched.</summary>
    public string? MimeType { get; private set; }

    public bool IsKept => MimeType is not null;

    public static ContactPicture Of(ConversationId conversation, string url, DateTimeOffset giveUpAt) =>
        new() { File = MediaFile.New(), ConversationId = conversation, Picture = NameOf(url), DueAt = giveUpAt };

    public bool Shows(string url) => Picture == NameOf(url);

    public void Keep(string mimeType, DateTimeOffset until) => (MimeType, DueAt) = (mimeType, until);

    public void KeepUntil(DateTimeOffset until) => DueAt = until;

    /// <summary>
    /// Host, folder and signature of an address change with every look-up, and its file is the picture. An address without a file says
    /// nothing of it, so that one is fetched again.
    /// </summary>
    private static string NameOf(string url)
    {
        var path = url.Split('?', '#')[0];
        var file = path[(path.LastIndexOf('/') + 1)..];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Contains('.') ? file : url)));
    }

    private sealed class Table : IEntityTypeConfiguration<ContactPicture>
    {
        public void Configure(EntityTypeBuilder<ContactPicture> entity)
        {
            entity.ToTable("contact_pictures");
            entity.HasKey(row => row.File);
            entity.Property(row => row.Picture).HasMaxLength(64);
            entity.Property(row => row.MimeType).HasMaxLength(100);
            entity.Ignore(row => row.IsKept);
            entity.HasIndex(row => row.ConversationId);
            entity.HasIndex(row => row.DueAt);
        }
    }
}
