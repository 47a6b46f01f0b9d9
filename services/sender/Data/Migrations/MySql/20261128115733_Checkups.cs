using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.MySql
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
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "page_id",
                table: "accounts",
                type: "varchar(20)",
                maxLength: 20,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "checkups",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    token_since = table.Column<long>(type: "bigint", nullable: true),
                    token_expires_at = table.Column<long>(type: "bigint", nullable: true),
                    refreshed_at = table.Column<long>(type: "bigint", nullable: true),
                    refresh_due_at = table.Column<long>(type: "bigint", nullable: true),
                    check_due_at = table.Column<long>(type: "bigint", nullable: true),
                    checked_at = table.Column<long>(type: "bigint", nullable: true),
                    fields = table.Column<string>(type: "varchar(500)", maxLength: 500, nullable: true, collation: "utf8mb4_bin"),
                    missing = table.Column<string>(type: "varchar(500)", maxLength: 500, nullable: false, collation: "utf8mb4_bin"),
                    finding = table.Column<string>(type: "varchar(100)", maxLength: 100, nullable: true, collation: "utf8mb4_bin"),
                    refusal = table.Column<string>(type: "varchar(100)", maxLength: 100, nullable: true, collation: "utf8mb4_bin"),
                    refused_at = table.Column<long>(type: "bigint", nullable: true),
                    last_webhook_at = table.Column<long>(type: "bigint", nullable: true),
                    last_sent_at = table.Column<long>(type: "bigint", nullable: true),
                    quarantined = table.Column<int>(type: "int", nullable: false),
                    farewell_token = table.Column<string>(type: "varchar(4000)", maxLength: 4000, nullable: true, collation: "utf8mb4_bin"),
                    farewell_by = table.Column<long>(type: "bigint", nullable: true),
                    health_due_at = table.Column<long>(type: "bigint", nullable: true),
                    told = table.Column<string>(type: "varchar(500)", maxLength: 500, nullable: true, collation: "utf8mb4_bin"),
                    claims = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_checkups", x => x.account_id);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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
