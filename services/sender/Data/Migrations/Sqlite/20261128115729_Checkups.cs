using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Checkups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "app_id",
                table: "accounts",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "page_id",
                table: "accounts",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "checkups",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    token_since = table.Column<long>(type: "INTEGER", nullable: true),
                    token_expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    refreshed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    refresh_due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    check_due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    checked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    fields = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    missing = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    finding = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    refusal = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    refused_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_webhook_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_sent_at = table.Column<long>(type: "INTEGER", nullable: true),
                    quarantined = table.Column<int>(type: "INTEGER", nullable: false),
                    farewell_token = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    farewell_by = table.Column<long>(type: "INTEGER", nullable: true),
                    health_due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    told = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    claims = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_checkups", x => x.account_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_checkups_check_due_at",
                table: "checkups",
                column: "check_due_at");

            migrationBuilder.CreateIndex(
                name: "IX_checkups_health_due_at",
                table: "checkups",
                column: "health_due_at");

            migrationBuilder.CreateIndex(
                name: "IX_checkups_refresh_due_at",
                table: "checkups",
                column: "refresh_due_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "checkups");

            migrationBuilder.DropColumn(
                name: "app_id",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "page_id",
                table: "accounts");
        }
    }
}
