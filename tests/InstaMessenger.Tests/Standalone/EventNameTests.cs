using System.Reflection;
using System.Text.RegularExpressions;
using InstaMessenger.Standalone;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Standalone;

/// <summary>
/// Every line of the product's log names its event in one way: <c>thing.what_happened</c>. Who searches a log by names finds them all.
/// </summary>
public sealed partial class EventNameTests
{
    private static readonly IReadOnlyList<(MethodInfo Method, LoggerMessageAttribute Line)> Lines =
        [.. Assemblies().SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (method, line: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(found => found.line is not null)];

    [Fact]
    public void Every_log_line_names_its_event_in_lower_case_with_a_dot()
    {
        Lines.Count.ShouldBeGreaterThan(60);
        Lines.Where(found => found.Line.EventName is null || !Scheme().IsMatch(found.Line.EventName))
            .Select(found => $"{found.Method.DeclaringType}.{found.Method.Name}: {found.Line.EventName}").ShouldBeEmpty();
    }

    [Fact]
    public void An_event_is_named_by_one_service_or_by_hosting() =>
        Lines.GroupBy(found => found.Line.EventName)
            .Where(group => group.Select(found => found.Method.DeclaringType!.Assembly).Distinct().Count() > 1)
            .Select(group => group.Key).ShouldBeEmpty();

    private static IEnumerable<Assembly> Assemblies()
    {
        var ours = new Queue<Assembly>([typeof(StandaloneHost).Assembly]);
        var seen = new HashSet<string>();
        while (ours.TryDequeue(out var assembly))
        {
            if (!seen.Add(assembly.GetName().Name!)) continue;
            yield return assembly;
            var references = assembly.GetReferencedAssemblies()
                .Where(name => name.Name!.StartsWith("InstaMessenger.", StringComparison.Ordinal));
            foreach (var name in references) ours.Enqueue(Assembly.Load(name));
        }
    }

    [GeneratedRegex(@"^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Scheme();
}
