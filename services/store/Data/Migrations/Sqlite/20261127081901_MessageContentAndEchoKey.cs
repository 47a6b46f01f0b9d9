using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "echo_key",
                table: "messages",
                type: "TEXT",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "failed_at",
                table: "messages",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.Sql("""
                UPDATE messages SET content = json_object('kind', 'text', 'text', text)
                WHERE direction = 'Outbound' AND origin <> 'Instagram' AND kind = 'Text' AND text IS NOT NULL;
                """);

            migrationBuilder.Sql("""
                UPDATE messages SET content = (
                    SELECT json_object('kind', 'media', 'type', attachments.media_type, 'url', attachments.url)
                    FROM attachments WHERE attachments.message_id = messages.id AND attachments."index" = 0)
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
