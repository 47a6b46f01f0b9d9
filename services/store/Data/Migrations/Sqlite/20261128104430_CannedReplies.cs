using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class CannedReplies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "canned_replies",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    shortcut = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    text = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    row_version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_canned_replies", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "canned_reply_places",
                columns: table => new
                {
                    place = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    reply_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    shortcut_key = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_canned_reply_places", x => new { x.place, x.reply_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_canned_reply_places_place_shortcut_key",
                table: "canned_reply_places",
                columns: new[] { "place", "shortcut_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_canned_reply_places_reply_id",
                table: "canned_reply_places",
                column: "reply_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "canned_replies");

            migrationBuilder.DropTable(
                name: "canned_reply_places");
        }
    }
}
