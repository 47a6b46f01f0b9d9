using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Erasures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    erasure_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    contact_id = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    contact_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    round = table.Column<int>(type: "INTEGER", nullable: false),
                    rows = table.Column<int>(type: "INTEGER", nullable: false),
                    walked = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erasures", x => x.erasure_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_erasures_account_id",
                table: "erasures",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "IX_erasures_asked_at",
                table: "erasures",
                column: "asked_at");

            migrationBuilder.CreateIndex(
                name: "IX_erasures_due_at",
                table: "erasures",
                column: "due_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "erasures");
        }
    }
}
