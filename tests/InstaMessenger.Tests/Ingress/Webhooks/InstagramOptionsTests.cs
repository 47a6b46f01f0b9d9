using Microsoft.Extensions.Options;

namespace InstaMessenger.Tests.Ingress.Webhooks;

public sealed class InstagramOptionsTests
{
    [Theory]
    [InlineData("", "token", "Instagram:Apps:0:AppSecret is empty: anybody could sign with it.")]
    [InlineData(" ", "token", "Instagram:Apps:0:AppSecret is empty: anybody could sign with it.")]
    [InlineData("secret", "", "Instagram:Apps:0:VerifyToken is empty: any handshake would pass.")]
    public async Task An_empty_secret_or_token_is_refused_at_start(string secret, string token, string sentence)
    {
        using var folder = new TemporaryFolder();
        var error = await Should.ThrowAsync<OptionsValidationException>(
            () => IngressHost.StartAsync(folder, IngressHost.App(0, secret, token)));
        error.Failures.ShouldContain(sentence);
    }
}
