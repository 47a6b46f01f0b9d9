using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
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
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "changes",
                table: "messages",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "message_id",
                table: "events",
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "reads",
                table: "conversations",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "early_changes",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    instagram_message_id = table.Column<string>(type: "varchar(512)", maxLength: 512, nullable: false, collation: "utf8mb4_bin"),
                    changes = table.Column<string>(type: "longtext", nullable: false, collation: "utf8mb4_bin"),
                    kept_at = table.Column<long>(type: "bigint", nullable: false),
                    row_version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_early_changes", x => new { x.instagram_message_id, x.account_id });
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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
                    JSON_UNQUOTE(JSON_EXTRACT(CONVERT(body USING utf8mb4), '$.data.message.id')),
                    JSON_UNQUOTE(JSON_EXTRACT(CONVERT(body USING utf8mb4), '$.data.conversation.last_message.id')))
                WHERE JSON_VALID(CONVERT(body USING utf8mb4)) AND (type LIKE 'message.%' OR type = 'conversation.updated')
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
