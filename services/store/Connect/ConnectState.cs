using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Connect;

/// <summary>
/// A login that was begun and has not come back. Whoever brings its word back from Meta acts for the user who began it, so the word is
/// random, kept as a hash, good for ten minutes and for once.
/// </summary>
internal sealed class ConnectState
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>SHA-256 of the word in the address, as 64 hex digits.</summary>
    public string Hash { get; private init; } = "";

    /// <summary>The user, or the key, that began it.</summary>
    public string CallerId { get; private init; } = "";

    public CallerKind CallerKind { get; private init; }

    public string UserId { get; private init; } = "";

    /// <summary>
    /// Hash of a word in a cookie of the browser that began it; null when a program did. Otherwise somebody could have another person's
    /// browser finish what they began, and be given that person's account.
    /// </summary>
    public string? BrowserHash { get; private init; }

    public LoginType LoginType { get; private init; }

    public string AppId { get; private init; } = "";

    /// <summary>Where the browser goes in the end: a path of ours.</summary>
    public string ReturnTo { get; private init; } = "";

    public DateTimeOffset ExpiresAt { get; private init; }

    public static string NewWord() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static string HashOf(string word) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(word)));

    public static ConnectState Of(
        string word, Caller caller, string? browserWord, LoginType login, string appId, string returnTo, DateTimeOffset now) => new()
    {
        Hash = HashOf(word),
        CallerId = caller.Id,
        CallerKind = caller.Kind,
        UserId = caller.UserId,
        BrowserHash = browserWord is null ? null : HashOf(browserWord),
        LoginType = login,
        AppId = appId,
        ReturnTo = returnTo,
        ExpiresAt = now + Lifetime,
    };

    /// <summary>Whether this browser began it.</summary>
    public bool IsOf(string? browserWord) => BrowserHash is null || (browserWord is not null && BrowserHash == HashOf(browserWord));

    private sealed class Table : IEntityTypeConfiguration<ConnectState>
    {
        public void Configure(EntityTypeBuilder<ConnectState> entity)
        {
            entity.ToTable("connect_states");
            entity.HasKey(row => row.Hash);
            entity.Property(row => row.Hash).HasMaxLength(64);
            entity.Property(row => row.CallerId).HasMaxLength(40);
            entity.Property(row => row.CallerKind).HasMaxLength(10);
            entity.Property(row => row.UserId).HasMaxLength(40);
            entity.Property(row => row.BrowserHash).HasMaxLength(64);
            entity.Property(row => row.LoginType).HasMaxLength(10);
            entity.Property(row => row.AppId).HasMaxLength(40);
            entity.Property(row => row.ReturnTo).HasMaxLength(500);
            entity.HasIndex(row => row.ExpiresAt);
        }
    }
}
