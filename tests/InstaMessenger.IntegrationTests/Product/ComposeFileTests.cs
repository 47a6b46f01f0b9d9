using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>What of docker-compose.yml and the Dockerfile the processes of the tests, which are all on loopback, would not miss.</summary>
public sealed class ComposeFileTests
{
    private static readonly string[] Required =
    [
        "Secrets__MasterKey", "RabbitMq__Password", "Instagram__Apps__0__AppId", "Instagram__Apps__0__AppSecret",
        "Instagram__Apps__0__VerifyToken", "Jwt__SigningKeys__0", "Bootstrap__AdminPassword",
    ];

    [Fact]
    public void Every_service_shows_its_metrics_to_a_Prometheus_in_another_container()
    {
        var compose = ComposeFile.Read(RepositoryRoot.Of("docker-compose.yml"), Required.ToDictionary(name => name, string? (_) => "set"));
        var docker = Dockerfile.Read(RepositoryRoot.Of("Dockerfile"));
        var ours = compose.Services.Values.Where(service => service is { Target: not null, Profiles: [] }).ToList();

        ours.Count.ShouldBe(5);
        foreach (var service in ours)
        {
            service.Environment.GetValueOrDefault("Metrics__Port").ShouldBe("9464", service.Target);
            docker[service.Target!].Environment.GetValueOrDefault("Metrics__Host").ShouldBe("+", service.Target);
        }
    }
}
