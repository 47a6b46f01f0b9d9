using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PicturesOfContacts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_downloads_attachment_id",
                table: "downloads");

            // EF would make the table anew, outside the transaction: a process that is killed meanwhile could not start again.
            migrationBuilder.Sql(
                """
                ALTER TABLE downloads ADD COLUMN attachment TEXT NULL;
                UPDATE downloads SET attachment = attachment_id;
                ALTER TABLE downloads DROP COLUMN attachment_id;
                ALTER TABLE downloads RENAME COLUMN attachment TO attachment_id;
                """);

            migrationBuilder.CreateTable(
                name: "profile_cache_uses",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    hits = table.Column<long>(type: "INTEGER", nullable: false),
                    misses = table.Column<long>(type: "INTEGER", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_profile_cache_uses", x => x.account_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_downloads_file",
                table: "downloads",
                column: "file",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "profile_cache_uses");

            migrationBuilder.DropIndex(
                name: "IX_downloads_file",
                table: "downloads");

            migrationBuilder.AlterColumn<string>(
                name: "attachment_id",
                table: "downloads",
                type: "TEXT",
                maxLength: 48,
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldMaxLength: 48,
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_downloads_attachment_id",
                table: "downloads",
                column: "attachment_id",
                unique: true);
        }
    }
}
