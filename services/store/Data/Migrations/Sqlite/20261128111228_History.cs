using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
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
                type: "TEXT",
                maxLength: 10,
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "history_events",
                table: "accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "account_histories",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    linked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    run = table.Column<long>(type: "INTEGER", nullable: false),
                    import_run = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    found = table.Column<int>(type: "INTEGER", nullable: false),
                    imported = table.Column<int>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    error = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    told_at = table.Column<long>(type: "INTEGER", nullable: true),
                    sweep_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sweep_run = table.Column<long>(type: "INTEGER", nullable: false),
                    sweep_found = table.Column<int>(type: "INTEGER", nullable: false),
                    sweep_missing = table.Column<int>(type: "INTEGER", nullable: false),
                    checked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    known = table.Column<int>(type: "INTEGER", nullable: false),
                    missing = table.Column<int>(type: "INTEGER", nullable: false),
                    row_version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_account_histories", x => x.account_id);
                });

            migrationBuilder.CreateTable(
                name: "erased_contacts",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    contact_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    erased_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erased_contacts", x => new { x.account_id, x.contact_hash });
                });

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
