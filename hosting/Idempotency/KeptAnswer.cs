using System.Security.Cryptography;
using System.Text.Json;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Hosting.Idempotency;

/// <summary>
/// What was answered to a request with an <c>Idempotency-Key</c>, kept by the transaction that did what the answer tells of. It is
/// encrypted whole: an answer may show a secret that is kept nowhere else, and the hash of a request may be the hash of a password.
/// </summary>
internal sealed class KeptAnswer
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Caller, call and key as a hash: the three of them are looked for together and never listed.</summary>
    public required string Id { get; init; }

    public required byte[] Content { get; set; }

    /// <summary>
    /// When it was answered (UTC). A concurrency token: of two who find an answer that is too old one takes its place.
    /// </summary>
    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>Encrypts an answer for the row of this id.</summary>
    public static byte[] Seal(IDataProtectionProvider keys, string id, KeptContent content) =>
        For(keys, id).Protect(JsonSerializer.SerializeToUtf8Bytes(content, ApiJson.Options));

    /// <summary>Decrypts the answer; null when the row is rotten, or its key is lost.</summary>
    public KeptContent? Open(IDataProtectionProvider keys)
    {
        try
        {
            return JsonSerializer.Deserialize<KeptContent>(For(keys, Id).Unprotect(Content), ApiJson.Options);
        }
        catch (Exception error) when (error is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static IDataProtector For(IDataProtectionProvider keys, string id) => keys.CreateProtector("idempotency", id);

    private sealed class Table : IEntityTypeConfiguration<KeptAnswer>
    {
        public void Configure(EntityTypeBuilder<KeptAnswer> entity)
        {
            entity.ToTable("kept_answers");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).HasMaxLength(64);
            entity.Property(row => row.CreatedAt).IsConcurrencyToken();
            entity.HasIndex(row => row.CreatedAt);
        }
    }
}

/// <summary>An answer as it went out, and what it was an answer to.</summary>
/// <param name="Hash">SHA-256 of the request, as lower-case hex.</param>
/// <param name="Location">The header; null for none.</param>
/// <param name="Body">UTF-8 JSON; empty for none.</param>
internal sealed record KeptContent(string Hash, int Status, string? Location, byte[] Body);
