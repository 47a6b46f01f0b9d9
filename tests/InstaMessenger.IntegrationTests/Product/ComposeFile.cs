using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>The services of the repository's docker-compose.yml, with its variables filled in as Compose does.</summary>
internal sealed partial class ComposeFile
{
    private ComposeFile(Dictionary<string, ComposeService> services) => Services = services;

    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    /// <param name="path">The file.</param>
    /// <param name="variables">Stands for the shell's environment and the .env file.</param>
    public static ComposeFile Read(string path, IReadOnlyDictionary<string, string?> variables)
    {
        using var text = File.OpenText(path);
        var root = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)));
        var services = Map(root["services"]);
        return new ComposeFile(services.ToDictionary(service => service.Key, service => Read(Map(service.Value), variables)));
    }

    private static ComposeService Read(Dictionary<string, object?> service, IReadOnlyDictionary<string, string?> variables) => new(
        service.TryGetValue("build", out var build) ? (string)Map(build)["target"]! : null,
        EnvironmentOf(Map(service.GetValueOrDefault("environment")), variables),
        [.. List(service.GetValueOrDefault("ports")).Select(port => Fill(port, variables))],
        List(service.GetValueOrDefault("volumes")).Select(mount => mount.Split(':')).ToDictionary(mount => mount[1], mount => mount[0]),
        List(service.GetValueOrDefault("profiles")));

    /// <summary>A name without a value is taken from the variables, and left out where they do not have it.</summary>
    private static Dictionary<string, string> EnvironmentOf(
        Dictionary<string, object?> given, IReadOnlyDictionary<string, string?> variables) => given
        .Select(pair => (pair.Key, Value: pair.Value is string value ? Fill(value, variables) : variables.GetValueOrDefault(pair.Key)))
        .Where(pair => pair.Value is not null)
        .ToDictionary(pair => pair.Key, pair => pair.Value!);

    /// <summary><c>${NAME:?message}</c> and <c>${NAME:-default}</c>; any other dollar sign is a mistake.</summary>
    private static string Fill(string value, IReadOnlyDictionary<string, string?> variables)
    {
        var filled = Variable().Replace(value, match =>
        {
            var (name, form, word) = (match.Groups["name"].Value, match.Groups["form"].Value, match.Groups["word"].Value);
            if (variables.TryGetValue(name, out var given) && !string.IsNullOrEmpty(given)) return given;
            return form == ":-" ? word : throw new InvalidOperationException($"required variable {name} is missing a value: {word}");
        });
        return Variable().Replace(value, "").Contains('$')
            ? throw new InvalidDataException($"Not a form that is read here: {value}")
            : filled;
    }

    private static Dictionary<string, object?> Map(object? node) =>
        (
            node as IDictionary<object,
            object> ?? new Dictionary<object,
            object>()).ToDictionary(pair => (string)pair.Key, object? (pair) => pair.Value);

    private static List<string> List(object? node) => [.. (node as IEnumerable<object> ?? []).Cast<string>()];

    [GeneratedRegex(@"\$\{(?<name>\w+)(?<form>:[?-])(?<word>[^}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}

/// <summary>One service of a Compose file.</summary>
/// <param name="Target">The Dockerfile's stage; null for a foreign image.</param>
/// <param name="Environment">Filled in.</param>
/// <param name="Ports">What is published.</param>
/// <param name="Volumes">Volume by the path that it is mounted at.</param>
/// <param name="Profiles">Empty for a service that always runs.</param>
internal sealed record ComposeService(
    string? Target,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Ports,
    IReadOnlyDictionary<string, string> Volumes,
    IReadOnlyList<string> Profiles);
