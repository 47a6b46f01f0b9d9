using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.Sqlite
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
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "content",
                table: "ledger",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "heavy",
                table: "ledger",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "retries_after_doubt",
                table: "ledger",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "owned_until",
                table: "accounts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "owner",
                table: "accounts",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            // A claim of before has no mark of its call, which would say that it never began: such a send would be made again.
            // State comes last, because MySQL goes on with the new value.
            migrationBuilder.Sql("""
                UPDATE ledger SET
                    content = CASE
                        WHEN text IS NOT NULL THEN json_object('kind', 'text', 'text', text)
                        WHEN attachment_url IS NOT NULL THEN json_object('kind', 'media', 'type', attachment_type, 'url', attachment_url)
                    END,
                    heavy = CASE WHEN attachment_type IN ('audio', 'video') THEN 1 ELSE 0 END,
                    called_at = CASE WHEN state = 'claimed' THEN accepted_at END,
                    state = upper(substr(state, 1, 1)) || substr(state, 2);
                """);

            migrationBuilder.Sql("UPDATE accounts SET login_type = upper(substr(login_type, 1, 1)) || substr(login_type, 2);");

            // EF's own way builds the table anew, half of it outside of the transaction: a process killed in between could never start again.
            migrationBuilder.Sql("ALTER TABLE ledger DROP COLUMN attachment_type;");
            migrationBuilder.Sql("ALTER TABLE ledger DROP COLUMN attachment_url;");
            migrationBuilder.Sql("ALTER TABLE ledger DROP COLUMN text;");
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
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "attachment_url",
                table: "ledger",
                type: "TEXT",
                maxLength: 4000,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "text",
                table: "ledger",
                type: "TEXT",
                maxLength: 1000,
                nullable: true);
        }
    }
}
