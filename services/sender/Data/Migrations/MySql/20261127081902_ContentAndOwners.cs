using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class ContentAndOwners : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "called_at",
                table: "ledger",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "content",
                table: "ledger",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<bool>(
                name: "heavy",
                table: "ledger",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "retries_after_doubt",
                table: "ledger",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "owned_until",
                table: "accounts",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "owner",
                table: "accounts",
                type: "varchar(100)",
                maxLength: 100,
                nullable: true,
                collation: "utf8mb4_bin");

            // A claim of before has no mark of its call, which would say that it never began: such a send would be made again.
            // State comes last, because MySQL goes on with the new value.
            migrationBuilder.Sql("""
                UPDATE ledger SET
                    content = CASE
                        WHEN text IS NOT NULL THEN JSON_OBJECT('kind', 'text', 'text', text)
                        WHEN attachment_url IS NOT NULL THEN JSON_OBJECT('kind', 'media', 'type', attachment_type, 'url', attachment_url)
                    END,
                    heavy = CASE WHEN attachment_type IN ('audio', 'video') THEN 1 ELSE 0 END,
                    called_at = CASE WHEN state = 'claimed' THEN accepted_at END,
                    state = CONCAT(UPPER(LEFT(state, 1)), SUBSTRING(state, 2));
                """);

            migrationBuilder.Sql("UPDATE accounts SET login_type = CONCAT(UPPER(LEFT(login_type, 1)), SUBSTRING(login_type, 2));");

            migrationBuilder.DropColumn(
                name: "attachment_type",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "attachment_url",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "text",
                table: "ledger");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "called_at",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "content",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "heavy",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "retries_after_doubt",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "owned_until",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "owner",
                table: "accounts");

            migrationBuilder.AddColumn<string>(
                name: "attachment_type",
                table: "ledger",
                type: "varchar(20)",
                maxLength: 20,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "attachment_url",
                table: "ledger",
                type: "varchar(4000)",
                maxLength: 4000,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "text",
                table: "ledger",
                type: "varchar(1000)",
                maxLength: 1000,
                nullable: true,
                collation: "utf8mb4_bin");
        }
    }
}
