using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class MessageChanges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "awaits_original",
                table: "messages",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "changes",
                table: "messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "message_id",
                table: "events",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reads",
                table: "conversations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "early_changes",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    instagram_message_id = table.Column<string>(type: "TEXT", maxLength: 512, nullable: false),
                    changes = table.Column<string>(type: "TEXT", nullable: false),
                    kept_at = table.Column<long>(type: "INTEGER", nullable: false),
                    row_version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_early_changes", x => new { x.instagram_message_id, x.account_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_events_message_id",
                table: "events",
                column: "message_id");

            migrationBuilder.CreateIndex(
                name: "IX_early_changes_kept_at",
                table: "early_changes",
                column: "kept_at");

            // Events of before: what was said in them can be erased as well.
            migrationBuilder.Sql(
                """
                UPDATE events SET message_id = COALESCE(
                    json_extract(CAST(body AS TEXT), '$.data.message.id'),
                    json_extract(CAST(body AS TEXT), '$.data.conversation.last_message.id'))
                WHERE json_valid(CAST(body AS TEXT)) AND (type LIKE 'message.%' OR type = 'conversation.updated')
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "early_changes");

            migrationBuilder.DropIndex(
                name: "IX_events_message_id",
                table: "events");

            migrationBuilder.DropColumn(
                name: "awaits_original",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "changes",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "message_id",
                table: "events");

            migrationBuilder.DropColumn(
                name: "reads",
                table: "conversations");
        }
    }
}
