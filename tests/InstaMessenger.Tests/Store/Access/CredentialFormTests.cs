using System.Buffers.Binary;
using System.Text;
using InstaMessenger.Store.Access;

namespace InstaMessenger.Tests.Store.Access;

public sealed class CredentialFormTests
{
    [Theory]
    [InlineData("ann:secret", "ann", "secret")]
    [InlineData("ann:se:cr:et", "ann", "se:cr:et")]
    [InlineData("ann:", "ann", "")]
    [InlineData("ann:größe", "ann", "größe")]
    public void Basic_is_split_at_the_first_colon(string plain, string username, string password) =>
        BasicCredential.Parse("basic " + Base64(plain)).ShouldBe(new BasicCredential(username, password));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic YW5u")] // "ann": no colon
    [InlineData("Basic OnNlY3JldA==")] // ":secret": no name
    [InlineData("Basic //79Og==")] // not UTF-8
    [InlineData("Bearer YW5uOnNlY3JldA==")]
    public void Anything_else_is_no_credential(string? header) => BasicCredential.Parse(header).ShouldBeNull();

    [Theory]
    [InlineData("12345678", true)]
    [InlineData("1234567", false)]
    [InlineData("aaaaaaaaab", false)]
    [InlineData("ann@shop", false)]
    [InlineData(null, false)]
    public void A_new_password_is_long_enough_and_not_trivial(string? password, bool accepted) =>
        (Passwords.Fault("Ann@Shop", password) is null).ShouldBe(accepted);

    [Theory]
    [InlineData("ann", true)]
    [InlineData("ann.b+c@shop-1_x", true)]
    [InlineData("", false)]
    [InlineData("an n", false)]
    [InlineData("ann:b", false)]
    [InlineData("änn", false)]
    [InlineData(null, false)]
    public void A_username_is_plain(string? username, bool accepted) => (Usernames.Fault(username) is null).ShouldBe(accepted);

    [Fact]
    public async Task A_hash_is_not_the_password_and_nobodys_password_is_never_right()
    {
        using var passwords = new Passwords();
        var hash = passwords.Hash("correct horse");
        hash.ShouldNotContain("correct horse");
        passwords.Hash("correct horse").ShouldNotBe(hash);
        (await passwords.CheckAsync(hash, "correct horse", default)).ShouldBe(true);
        (await passwords.CheckAsync(hash, "Correct horse", default)).ShouldBe(false);
        (await passwords.CheckAsync(null, "the password of nobody", default)).ShouldBe(false);
    }

    [Fact]
    public void A_password_is_hashed_as_often_as_the_product_says()
    {
        using var passwords = new Passwords();
        // The format of ASP.NET Core Identity: a version, the function (2 is HMAC-SHA512), how often, all of 4 bytes but the first.
        var hash = Convert.FromBase64String(passwords.Hash("correct horse"));
        (hash[0], BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)))
            .ShouldBe(((byte)1, 2u, 210_000u));
    }

    [Fact]
    public void Keys_are_long_random_and_recognisable()
    {
        var key = KeySecret.New();
        key.ShouldStartWith("sk_");
        key.Length.ShouldBe(3 + 43);
        KeySecret.IsWellFormed(key).ShouldBeTrue();
        KeySecret.New().ShouldNotBe(key);
        KeySecret.IsWellFormed(key[..^4]).ShouldBeFalse();
        KeySecret.IsWellFormed(key + " ").ShouldBeFalse();
        KeySecret.IsWellFormed("xx_" + key[3..]).ShouldBeFalse();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
