using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AttachmentFiles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "due_at",
                table: "attachments",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "file",
                table: "attachments",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "height",
                table: "attachments",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mode",
                table: "attachments",
                type: "TEXT",
                maxLength: 10,
                nullable: false,
                defaultValue: "Proxy");

            migrationBuilder.AddColumn<int>(
                name: "width",
                table: "attachments",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "media_keep_days",
                table: "accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 90);

            migrationBuilder.AddColumn<string>(
                name: "media_mode",
                table: "accounts",
                type: "TEXT",
                maxLength: 10,
                nullable: false,
                defaultValue: "Keep");

            migrationBuilder.CreateTable(
                name: "media_purges",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    file = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_media_purges", x => x.sequence);
                });

            migrationBuilder.CreateIndex(
                name: "IX_attachments_due_at",
                table: "attachments",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_attachments_file",
                table: "attachments",
                column: "file");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "media_purges");

            migrationBuilder.DropIndex(
                name: "IX_attachments_due_at",
                table: "attachments");

            migrationBuilder.DropIndex(
                name: "IX_attachments_file",
                table: "attachments");

            migrationBuilder.DropColumn(
                name: "due_at",
                table: "attachments");

            migrationBuilder.DropColumn(
                name: "file",
                table: "attachments");

            migrationBuilder.DropColumn(
                name: "height",
                table: "attachments");

            migrationBuilder.DropColumn(
                name: "mode",
                table: "attachments");

            migrationBuilder.DropColumn(
                name: "width",
                table: "attachments");

            migrationBuilder.DropColumn(
                name: "media_keep_days",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "media_mode",
                table: "accounts");
        }
    }
}
