using MySqlConnector;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>The columns of the mirror's tables as the server has them.</summary>
internal sealed class MirrorShape
{
    /// <summary>More are not named.</summary>
    private const int MostNames = 5;

    private readonly Dictionary<(string Table, string Column), FoundColumn> _columns = [];

    private MirrorShape()
    {
    }

    /// <summary>Whether there is a mirror that says of which version it is.</summary>
    public bool HasVersion => _columns.ContainsKey((MirrorSchema.State.Name, "schema_version"));

    public static async Task<MirrorShape> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        const string sql = "SELECT table_name, column_name, data_type, character_maximum_length, character_set_name, is_nullable = 'YES', "
            + "is_nullable = 'NO' AND column_default IS NULL AND extra NOT LIKE '%auto_increment%' AND extra NOT LIKE '%GENERATED%' "
            + "FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name LIKE 'insta\\_%'";
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var shape = new MirrorShape();
        while (await reader.ReadAsync(cancellationToken))
        {
            shape._columns[(reader.GetString(0), reader.GetString(1))] = new FoundColumn(
                reader.GetString(2).ToLowerInvariant(),
                reader.IsDBNull(3) ? null : reader.GetInt64(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetInt32(5) != 0,
                reader.GetInt32(6) != 0);
        }

        return shape;
    }

    /// <summary>
    /// Refuses columns that take less than ours: messages would be left out one by one. More columns and indexes are the CRM's own
    /// business, as long as a row can be written without a word about them.
    /// </summary>
    /// <exception cref="MirrorRefusedException">They are not ours, or somebody altered them.</exception>
    public void RefuseUnlessOurs()
    {
        var ours = MirrorSchema.Tables
            .SelectMany(table => table.Columns.Select(column => (Place: (table.Name, column.Name), Column: column)))
            .ToDictionary(pair => pair.Place, pair => pair.Column);
        var wrong = ours.Where(pair => _columns.GetValueOrDefault(pair.Key)?.Takes(pair.Value) is not true)
            .Select(pair => pair.Key).ToList();
        if (wrong.Count > 0)
        {
            throw new MirrorRefusedException(
                $"The mirror's tables are not those of version {MirrorSchema.Version}; missing, of another type, or with less room: "
                + $"{Names(wrong)}. They are never altered: see docs/mirror.md.");
        }

        var tables = MirrorSchema.Tables.Select(table => table.Name).ToHashSet();
        var needed = _columns.Where(pair => pair.Value.NeedsValue && tables.Contains(pair.Key.Table) && !ours.ContainsKey(pair.Key))
            .Select(pair => pair.Key).ToList();
        if (needed.Count > 0)
        {
            throw new MirrorRefusedException(
                $"No row can be written: somebody added columns that need a value, {Names(needed)}. Give them a default: see "
                + "docs/mirror.md.");
        }
    }

    private static string Names(List<(string Table, string Column)> columns) =>
        string.Join(", ", columns.Take(MostNames).Select(column => $"{column.Table}.{column.Column}"))
        + (columns.Count > MostNames ? " and more" : "");

    /// <summary>A column as the server has it.</summary>
    /// <param name="DataType">Its type alone.</param>
    /// <param name="Characters">The characters that it has room for; null for what is no text.</param>
    /// <param name="CharacterSet">Its character set; null for what is no text.</param>
    /// <param name="TakesNull">Whether it may be null.</param>
    /// <param name="NeedsValue">Whether a row must say what stands in it.</param>
    private sealed record FoundColumn(string DataType, long? Characters, string? CharacterSet, bool TakesNull, bool NeedsValue)
    {
        /// <summary>Whether it takes whatever a column of ours would.</summary>
        public bool Takes(MirrorColumn column) => DataType == column.DataType
            && (column.Characters is not { } characters || Characters >= characters)
            && (!column.IsText || CharacterSet == "utf8mb4")
            && (column.Required || TakesNull);
    }
}
