using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class History : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "found_by",
                table: "messages",
                type: "varchar(10)",
                maxLength: 10,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<bool>(
                name: "history_events",
                table: "accounts",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "account_histories",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    linked_at = table.Column<long>(type: "bigint", nullable: false),
                    run = table.Column<long>(type: "bigint", nullable: false),
                    import_run = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "varchar(20)", maxLength: 20, nullable: true, collation: "utf8mb4_bin"),
                    found = table.Column<int>(type: "int", nullable: false),
                    imported = table.Column<int>(type: "int", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: true),
                    finished_at = table.Column<long>(type: "bigint", nullable: true),
                    error = table.Column<string>(type: "varchar(500)", maxLength: 500, nullable: true, collation: "utf8mb4_bin"),
                    told_at = table.Column<long>(type: "bigint", nullable: true),
                    sweep_at = table.Column<long>(type: "bigint", nullable: false),
                    sweep_run = table.Column<long>(type: "bigint", nullable: false),
                    sweep_found = table.Column<int>(type: "int", nullable: false),
                    sweep_missing = table.Column<int>(type: "int", nullable: false),
                    checked_at = table.Column<long>(type: "bigint", nullable: true),
                    known = table.Column<int>(type: "int", nullable: false),
                    missing = table.Column<int>(type: "int", nullable: false),
                    row_version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_account_histories", x => x.account_id);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "erased_contacts",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    contact_hash = table.Column<string>(type: "varchar(64)", maxLength: 64, nullable: false, collation: "utf8mb4_bin"),
                    erased_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erased_contacts", x => new { x.account_id, x.contact_hash });
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateIndex(
                name: "IX_account_histories_sweep_at",
                table: "account_histories",
                column: "sweep_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "account_histories");

            migrationBuilder.DropTable(
                name: "erased_contacts");

            migrationBuilder.DropColumn(
                name: "found_by",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "history_events",
                table: "accounts");
        }
    }
}
