using InstaMessenger.Store.Access;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Access;

public sealed class BootstrapTests
{
    private const string Key = "sk_0123456789abcdefghijABCDEFGHIJ-_0123456789";

    [Theory]
    [InlineData("Bootstrap:AdminPassword", "short", "Bootstrap:AdminPassword is weak.")]
    [InlineData("Bootstrap:AdminPassword", null, "Bootstrap:AdminPassword is weak.")]
    [InlineData("Bootstrap:AdminUsername", null, "Bootstrap:AdminUsername is not usable.")]
    [InlineData("Bootstrap:AdminUsername", "a:b", "Bootstrap:AdminUsername is not usable.")]
    [InlineData("Bootstrap:ApiKey", "sk_short", "Bootstrap:ApiKey is weak.")]
    [InlineData("Bootstrap:ApiKey", "sk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Bootstrap:ApiKey is weak.")]
    [InlineData("Jwt:SigningKeys:0", null, "Jwt:SigningKeys:0 is missing.")]
    [InlineData("Jwt:SigningKeys:0", "c2hvcnQ=", "Jwt:SigningKeys:0 is weak.")]
    public async Task A_missing_or_weak_secret_stops_the_start_with_one_sentence(string setting, string? value, string sentence)
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => StoreOverHttp.StartAsync(null, (setting, value)));
        error.Message.ShouldStartWith(sentence);
    }

    [Fact]
    public async Task Without_an_admin_the_store_starts_and_lets_nobody_in()
    {
        await using var store = await StoreOverHttp.StartAsync(null, ("Bootstrap:AdminUsername", null), ("Bootstrap:AdminPassword", null));
        (await store.TrySignInAsync(StoreOverHttp.Admin, StoreOverHttp.AdminPassword)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_configured_key_is_the_admins_and_a_restart_brings_back_neither_an_old_password_nor_a_revoked_key()
    {
        var folder = Directory.CreateTempSubdirectory("store-").FullName;
        var copy = Directory.CreateTempSubdirectory("store-").FullName;
        await using (var store = await StoreOverHttp.StartAsync(null, ("Data:Directory", folder), ("Bootstrap:ApiKey", Key)))
        {
            var me = await store.GetAsync("/api/v1/me", Key);
            me.Json.GetProperty("is_admin").GetBoolean().ShouldBeTrue();
            (await store.DeleteAsync("/api/v1/api-keys/" + me.Text("id"), Key)).Status.ShouldBe(204);
            await store.ReadAsync(db => db.Database.ExecuteSqlAsync($"VACUUM INTO {Path.Combine(copy, "store.db")}"));
        }

        await using var again = await StoreOverHttp.StartAsync(
            null, ("Data:Directory", copy), ("Bootstrap:ApiKey", Key), ("Bootstrap:AdminPassword", "another password"));
        (await again.GetAsync("/api/v1/me", Key)).Status.ShouldBe(401);
        (await again.TrySignInAsync(StoreOverHttp.Admin, "another password")).Status.ShouldBe(401);
        (await again.TrySignInAsync(StoreOverHttp.Admin, StoreOverHttp.AdminPassword)).Status.ShouldBe(200);
        (await again.ReadAsync(db => db.Set<User>().CountAsync())).ShouldBe(1);
    }
}
