using System.Reflection;
using System.Text.RegularExpressions;
using InstaMessenger.CrmForwarder;
using InstaMessenger.Hosting;
using InstaMessenger.Ingress;
using InstaMessenger.Sender;
using InstaMessenger.Store;
using InstaMessenger.Tests.Shared;
using InstaMessenger.UiGateway;
using NetArchTest.Rules;

namespace InstaMessenger.Tests;

/// <summary>
/// Holds the table "Directions" of docs/architecture.md against what the compiler made, method bodies included: a slice that two others use
/// and that uses one of them can be neither read nor moved alone.
/// </summary>
public sealed partial class DirectionsTests
{
    private static readonly Dictionary<string, Assembly> Projects = new()
    {
        ["hosting"] = typeof(ServiceDefaults).Assembly,
        ["ingress"] = typeof(IngressSetup).Assembly,
        ["store"] = typeof(StoreSetup).Assembly,
        ["sender"] = typeof(SenderSetup).Assembly,
        ["crm-forwarder"] = typeof(CrmForwarderSetup).Assembly,
        ["ui-gateway"] = typeof(UiGatewaySetup).Assembly,
    };

    /// <summary>
    /// Read once for all tests, and from where the compiler wrote it: beside the tests may lie what was compiled ahead from it, with other
    /// symbols.
    /// </summary>
    private static readonly Dictionary<string, Types> Compiled = Projects.ToDictionary(
        pair => pair.Key,
        pair =>
        {
            var (name, folder) = (pair.Value.GetName().Name!, new DirectoryInfo(AppContext.BaseDirectory));
            return Types.FromFile(
                RepositoryRoot.Of("artifacts", "bin", name, folder.Name, name + ".dll"), [folder.FullName]);
        });

    private static readonly Row[] Table = Read();

    public static TheoryData<string, string> Slices => [.. Table.Select(row => (row.Project, row.Slice))];

    [Theory]
    [MemberData(nameof(Slices))]
    public void A_slice_uses_only_what_the_table_lets_it_use(string project, string slice)
    {
        var row = Table.Single(row => row.Project == project && row.Slice == slice);

        Uses(row, type => !row.MayUse(type)).ShouldBeEmpty();
    }

    /// <summary>It also shows of each direction that the reading of the compiled types sees it.</summary>
    [Theory]
    [MemberData(nameof(Slices))]
    public void A_slice_uses_all_that_the_table_lets_it_use(string project, string slice)
    {
        var row = Table.Single(row => row.Project == project && row.Slice == slice);

        row.Uses.Where(used => !Uses(row, type => Row.IsOf(type, used)).Any()).ShouldBeEmpty();
    }

    [Fact]
    public void The_table_has_every_slice_and_nothing_else()
    {
        foreach (var (project, assembly) in Projects)
        {
            var root = assembly.GetName().Name + ".";
            var slices = assembly.GetTypes().Where(type => type.Namespace?.StartsWith(root, StringComparison.Ordinal) == true)
                .Select(type => type.Namespace![root.Length..].Split('.')[0]).Distinct().Order();

            Table.Where(row => row.Project == project).Select(row => row.Slice).Order().ShouldBe(slices);
        }
    }

    [Fact]
    public void No_slice_uses_itself_by_a_detour()
    {
        foreach (var row in Table) Reachable(row).ShouldNotContain(row.Slice);

        static HashSet<string> Reachable(Row from)
        {
            var (found, next) = (new HashSet<string>(), new Queue<Row>([from]));
            while (next.TryDequeue(out var row))
            {
                foreach (var used in row.Slices.Where(found.Add))
                    next.Enqueue(Table.Single(other => other.Project == row.Project && other.Slice == used));
            }

            return found;
        }
    }

    /// <summary>
    /// The slice's types that use one of those of its project for which <paramref name="isUsed"/> holds, with what they use.
    /// </summary>
    private static IEnumerable<string> Uses(Row row, Func<string, bool> isUsed)
    {
        var assembly = Projects[row.Project];
        var root = assembly.GetName().Name + ".";
        var used = assembly.GetTypes()
            .Where(
                type => !type.IsNested && type.FullName!.StartsWith(root, StringComparison.Ordinal) && isUsed(type.FullName[root.Length..]))
            .Select(type => type.FullName!)
            .ToArray();
        return Compiled[row.Project].That().ResideInNamespaceMatching($@"^{Regex.Escape(root + row.Slice)}(\.|$)")
            .ShouldNot().HaveDependencyOnAny(used).GetResult().FailingTypes.Select(type => $"{type.FullName}: {type.Explanation}");
    }

    private static Row[] Read()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs/architecture.md"));
        var section = page[page.IndexOf("## Directions", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", StringComparison.Ordinal)];
        return
        [
            .. TableRow().Matches(section).Select(match => new Row(
                match.Groups["project"].Value,
                match.Groups["slice"].Value,
                [.. Word().Matches(match.Groups["uses"].Value).Select(word => word.Value)])),
        ];
    }

    [GeneratedRegex(
        @"^\| `(?<project>[\w-]+)` \| `(?<slice>\w+)` \| (?<uses>.*)\|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TableRow();

    [GeneratedRegex("(?<=`)[A-Z][A-Za-z.]+(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Word();

    /// <param name="Project">Its folder.</param>
    /// <param name="Slice">The folder in it.</param>
    /// <param name="Uses">Slices, or single types of them, like <c>Domain.Account</c>.</param>
    private sealed record Row(string Project, string Slice, string[] Uses)
    {
        public IEnumerable<string> Slices => Uses.Select(used => used.Split('.')[0]);

        public bool MayUse(string type) => IsOf(type, Slice) || Array.Exists(Uses, used => IsOf(type, used));

        public static bool IsOf(string type, string sliceOrType) =>
            type.Split('`')[0] == sliceOrType || type.StartsWith(sliceOrType + ".", StringComparison.Ordinal);
    }
}
