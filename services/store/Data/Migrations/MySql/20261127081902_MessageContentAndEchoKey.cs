using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class MessageContentAndEchoKey : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "content",
                table: "messages",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "echo_key",
                table: "messages",
                type: "varchar(50)",
                maxLength: 50,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<long>(
                name: "failed_at",
                table: "messages",
                type: "bigint",
                nullable: true);

            migrationBuilder.Sql("""
                UPDATE messages SET content = JSON_OBJECT('kind', 'text', 'text', text)
                WHERE direction = 'Outbound' AND origin <> 'Instagram' AND kind = 'Text' AND text IS NOT NULL;
                """);

            migrationBuilder.Sql("""
                UPDATE messages SET content = (
                    SELECT JSON_OBJECT('kind', 'media', 'type', attachments.media_type, 'url', attachments.url)
                    FROM attachments WHERE attachments.message_id = messages.id AND attachments.`index` = 0)
                WHERE direction = 'Outbound' AND origin <> 'Instagram' AND kind IN ('Image', 'Video', 'Audio', 'File');
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "content",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "echo_key",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "failed_at",
                table: "messages");
        }
    }
}
