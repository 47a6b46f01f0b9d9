using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class CommentsAndSigns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "private_replied_at",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "mark_seen",
                table: "accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "comments",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    comment_id = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    contact_id = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    commented_at = table.Column<long>(type: "INTEGER", nullable: false),
                    reply_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    replied_at = table.Column<long>(type: "INTEGER", nullable: true),
                    row_version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_comments", x => new { x.comment_id, x.account_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_comments_commented_at",
                table: "comments",
                column: "commented_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "comments");

            migrationBuilder.DropColumn(
                name: "private_replied_at",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "mark_seen",
                table: "accounts");
        }
    }
}
