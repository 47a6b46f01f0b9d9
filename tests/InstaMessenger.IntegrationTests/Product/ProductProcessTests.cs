using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// A service that did not start fails its test at once: fourteen once failed one by one, because another one's health was taken for its
/// own.
/// </summary>
public sealed class ProductProcessTests
{
    [Fact]
    public async Task A_service_whose_port_another_one_has_fails_with_its_last_words()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Take()}");
        await using var other = await AnswerAsAsync("ingress", address);
        using var folder = new ProductFolder("start");
        var settings =
            new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = address.ToString(), ["Data__Directory"] = folder.Of("data") };
        foreach (var service in (string[])["Ingress", "Store", "Sender", "CrmForwarder"])
            settings[$"Services__{service}"] = address.ToString();
        await using var process = new ProductProcess(
            "ui-gateway", "ui-gateway", "InstaMessenger.UiGateway.dll", address, settings, folder.Logs);

        var failure = await Should.ThrowAsync<InvalidOperationException>(process.StartAsync);

        failure.Message.ShouldContain("ui-gateway ended with");
        failure.Message.ShouldContain("address already in use");
    }

    private static async Task<WebApplication> AnswerAsAsync(string service, Uri address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        var app = builder.Build();
        app.MapGet("/health/ready", () => new { service });
        await app.StartAsync();
        return app;
    }
}
