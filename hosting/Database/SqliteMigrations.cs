using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Makes each migration on SQLite one transaction. EF switches foreign keys off around a table that it makes anew, which no transaction can
/// hold: a process that is killed there would leave half a migration behind, and never start again. Our connections have them off anyway
/// (<see cref="SqliteSettings"/>).
/// </summary>
internal sealed class SqliteMigrations(
    MigrationsSqlGeneratorDependencies dependencies, IRelationalAnnotationProvider annotations)
    : SqliteMigrationsSqlGenerator(dependencies, annotations)
{
    private const string ForeignKeys = "PRAGMA foreign_keys";

    public override IReadOnlyList<MigrationCommand> Generate(
        IReadOnlyList<MigrationOperation> operations, IModel? model = null, MigrationsSqlGenerationOptions options = default) =>
    [
        .. base.Generate(operations, model, options)
            .Where(command => !command.CommandText.StartsWith(ForeignKeys, StringComparison.Ordinal)),
    ];
}
