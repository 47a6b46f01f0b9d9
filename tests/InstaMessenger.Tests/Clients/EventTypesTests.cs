using System.Reflection;
using System.Text.RegularExpressions;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Clients;

/// <summary>The event types of the clients and of the documents are those that the product tells, and the test of an endpoint.</summary>
public sealed partial class EventTypesTests
{
    private const string Test = "webhook.test";

    private static readonly string[] Told = [.. EventFilter.Known];

    [Fact]
    public void The_dotnet_client_has_a_record_for_each_type() =>
        Client.EventTypes.Records.Keys.ShouldBe([.. Told, Test], ignoreOrder: true);

    [Fact]
    public void The_dotnet_client_names_each_type() =>
        typeof(Client.EventTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)
            .ShouldBe([.. Told, Test], ignoreOrder: true);

    [Fact]
    public async Task The_typescript_client_has_a_member_for_each_type()
    {
        var text = await File.ReadAllTextAsync(RepositoryRoot.Of("clients", "typescript", "src", "events.ts"));

        MemberOfTypeScript().Matches(text).Select(match => match.Value).ShouldBe([.. Told, Test], ignoreOrder: true);
    }

    [Fact]
    public async Task The_catalogue_in_the_documents_has_a_row_for_each_type()
    {
        var text = await File.ReadAllTextAsync(RepositoryRoot.Of("docs", "events.md"));

        RowOfCatalogue().Matches(text).SelectMany(row => Word().Matches(row.Value)).Select(match => match.Value)
            .ShouldBe(Told, ignoreOrder: true);
    }

    [GeneratedRegex(@"(?<=^  ')[a-z]+\.[a-z_]+(?=': )", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex MemberOfTypeScript();

    [GeneratedRegex(@"^\| `[a-z]+\.[a-z_]+`[^|]*\|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex RowOfCatalogue();

    [GeneratedRegex(@"(?<=`)[a-z]+\.[a-z_]+(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Word();
}
