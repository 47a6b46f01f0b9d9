using System.Text.RegularExpressions;
using InstaMessenger.CrmForwarder.Mirror;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.CrmForwarder.Mirror;

/// <summary>A CRM's queries stand on what docs/mirror.md says of the tables.</summary>
public sealed partial class MirrorSchemaTests
{
    private static readonly string Document = File.ReadAllText(RepositoryRoot.Of("docs/mirror.md"));

    [Fact]
    public void The_document_has_every_table_with_its_columns_in_order_and_no_other()
    {
        var documented = Section().Matches(Document).ToDictionary(
            match => match.Groups["table"].Value,
            match => Column().Matches(match.Groups["rows"].Value)
                .Select(row => (row.Groups["name"].Value, row.Groups["type"].Value, row.Groups["null"].Value.Length > 0)).ToList());

        documented.Keys.ShouldBe(MirrorSchema.Tables.Select(table => table.Name), ignoreOrder: true);
        foreach (var table in MirrorSchema.Tables)
        {
            documented[table.Name].ShouldBe(
                table.Columns.Select(column => (column.Name, column.Type.Split(' ')[0].ToLowerInvariant(), !column.Required)), table.Name);
            Document.ShouldContain($"`{table.Name}` (primary key {string.Join(", ", table.Key.Select(key => $"`{key}`"))})");
        }
    }

    [Fact]
    public void The_document_names_the_version_and_what_details_may_hold()
    {
        Document.ShouldContain($"`schema_version` is {MirrorSchema.Version}");
        foreach (var detail in MirrorMessage.Details) Document.ShouldContain($"`{detail}`");
    }

    [Fact]
    public void Every_row_of_a_customer_says_whose_it_is_and_how_new_it_is() => MirrorSchema.Rows
        .Where(table => !Array.Exists(table.Columns, column => column is { Name: "account_id", Required: true })
            || table.Columns[^1].Name != "sequence")
        .ShouldBeEmpty();

    [GeneratedRegex(@"^### `(?<table>insta_\w+)`[^\n]*\n(?<rows>(?:(?!^##).*\n)*)", RegexOptions.Multiline, 1_000)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<type>[\w()]+)(?<null> or null)? \|", RegexOptions.Multiline, 1_000)]
    private static partial Regex Column();
}
