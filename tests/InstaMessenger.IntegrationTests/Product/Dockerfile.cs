using System.Text.Json;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// What the repository's Dockerfile says of its stages: <c>ENV</c> (one a line, as it is written there) and <c>ENTRYPOINT</c>.
/// </summary>
internal sealed class Dockerfile
{
    private readonly Dictionary<string, Stage> _stages = [];

    private Dockerfile()
    {
    }

    public Stage this[string target] => _stages[target];

    public static Dockerfile Read(string path)
    {
        var file = new Dockerfile();
        Stage? current = null;
        foreach (var line in File.ReadLines(path))
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["FROM", var from, "AS", var name]:
                    var parent = file._stages.GetValueOrDefault(from);
                    file._stages[name] = current = new Stage(new Dictionary<string, string>(parent?.Environment ?? []), parent?.Program);
                    break;
                case ["ENV", var assignment] when assignment.Split('=', 2) is [var variable, var value]:
                    current!.Environment[variable] = value;
                    break;
                case ["ENTRYPOINT", ..]:
                    current!.Program = JsonSerializer.Deserialize<string[]>(line["ENTRYPOINT".Length..]) is ["dotnet", var program]
                        ? program
                        : throw new InvalidDataException($"Not dotnet and an assembly: {line}");
                    break;
            }
        }

        return file;
    }

    internal sealed class Stage(Dictionary<string, string> environment, string? program)
    {
        public Dictionary<string, string> Environment => environment;

        public string? Program { get; set; } = program;
    }
}
