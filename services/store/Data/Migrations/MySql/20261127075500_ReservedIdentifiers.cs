using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class ReservedIdentifiers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "reserved_for",
                table: "quarantined_webhooks",
                type: "varchar(40)",
                maxLength: 40,
                nullable: true, collation: "utf8mb4_bin");

            // Accounts that were unlinked before lost their ids; those that nobody took since are theirs again.
            foreach (var (column, kind) in new[] { ("instagram_account_id", 2), ("messaging_channel_id", 1) })
            {
                migrationBuilder.Sql(
                    "INSERT INTO account_identifiers (external_id, kind, account_id) "
                    + $"SELECT {column}, {kind}, MIN(id) FROM accounts WHERE unlinked_at IS NOT NULL AND {column} IS NOT NULL "
                    + $"AND {column} NOT IN (SELECT external_id FROM (SELECT external_id FROM account_identifiers WHERE kind = {kind}) AS taken) "
                    + $"AND NOT EXISTS (SELECT 1 FROM (SELECT external_id, account_id FROM account_identifiers) AS others WHERE others.external_id = {column} AND others.account_id <> accounts.id) "
                    + $"GROUP BY {column}");
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "reserved_for",
                table: "quarantined_webhooks");
        }
    }
}
