using System.IO.Compression;
using System.Xml.Linq;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Clients;

/// <summary>The NuGet package of the .NET client, as the build made it.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task The_package_has_the_library_its_words_and_what_it_needs()
    {
        var packages = RepositoryRoot.Of("artifacts", "package");
        var file = Directory.GetFiles(packages, "InstaMessenger.Client.*.nupkg", SearchOption.AllDirectories)
            .MaxBy(File.GetLastWriteTimeUtc);
        await using var package = await ZipFile.OpenReadAsync(file.ShouldNotBeNull());

        var names = package.Entries.Select(entry => entry.FullName).ToList();
        names.ShouldContain("lib/net10.0/InstaMessenger.Client.dll");
        names.ShouldContain("lib/net10.0/InstaMessenger.Client.xml");
        names.ShouldContain("README.md");
        await using var text = await package.GetEntry("InstaMessenger.Client.nuspec")!.OpenAsync();
        var nuspec = await XDocument.LoadAsync(text, LoadOptions.None, TestContext.Current.CancellationToken);
        // Analyzers of this repository are not its users'.
        nuspec.Descendants().Where(element => element.Name.LocalName == "dependency")
            .Select(element => element.Attribute("id")!.Value).ShouldBe(["Refit"]);
    }
}
