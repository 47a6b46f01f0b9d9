using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.MySql
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

            migrationBuilder.AlterColumn<string>(
                name: "attachment_id",
                table: "downloads",
                type: "varchar(48)",
                maxLength: 48,
                nullable: true,
                collation: "utf8mb4_bin",
                oldClrType: typeof(string),
                oldType: "varchar(48)",
                oldMaxLength: 48)
                .OldAnnotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "profile_cache_uses",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    hits = table.Column<long>(type: "bigint", nullable: false),
                    misses = table.Column<long>(type: "bigint", nullable: false),
                    since = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_profile_cache_uses", x => x.account_id);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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

            migrationBuilder.UpdateData(
                table: "downloads",
                keyColumn: "attachment_id",
                keyValue: null,
                column: "attachment_id",
                value: "");

            migrationBuilder.AlterColumn<string>(
                name: "attachment_id",
                table: "downloads",
                type: "varchar(48)",
                maxLength: 48,
                nullable: false,
                collation: "utf8mb4_bin",
                oldClrType: typeof(string),
                oldType: "varchar(48)",
                oldMaxLength: 48,
                oldNullable: true)
                .OldAnnotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateIndex(
                name: "IX_downloads_attachment_id",
                table: "downloads",
                column: "attachment_id",
                unique: true);
        }
    }
}
