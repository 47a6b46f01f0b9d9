using InstaMessenger.Hosting;
using Microsoft.Extensions.Configuration;

namespace InstaMessenger.Tests.Hosting;

public sealed class ServiceDefaultsTests
{
    [Fact]
    public void No_settings_file_is_watched_because_every_write_to_a_database_below_it_would_wake_the_watcher()
    {
        var builder = ServiceDefaults.CreateBuilder(["--Some:Setting=1"], "probe", defaultPort: 0);

        var files = ((IConfigurationBuilder)builder.Configuration).Sources.OfType<FileConfigurationSource>().ToList();
        files.ShouldNotBeEmpty("appsettings.json is still read");
        files.ShouldAllBe(file => !file.ReloadOnChange);
        builder.Configuration["Some:Setting"].ShouldBe("1");
    }
}
