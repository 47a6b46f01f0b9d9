using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Erasures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "erased_at",
                table: "accounts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "login_user_id",
                table: "accounts",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "deletion_requests",
                columns: table => new
                {
                    code = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    accounts = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deletion_requests", x => x.code);
                });

            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    contact_id = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    is_of_account = table.Column<bool>(type: "INTEGER", nullable: false),
                    conversation_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    request_code = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    asked_at_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    up_to_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    step = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    walked = table.Column<long>(type: "INTEGER", nullable: false),
                    counted = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    sender_done_at = table.Column<long>(type: "INTEGER", nullable: true),
                    crm_done_at = table.Column<long>(type: "INTEGER", nullable: true),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    row_version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erasures", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_deletion_requests_hash",
                table: "deletion_requests",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_erasures_account_id",
                table: "erasures",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "IX_erasures_due_at",
                table: "erasures",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_erasures_request_code",
                table: "erasures",
                column: "request_code");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "deletion_requests");

            migrationBuilder.DropTable(
                name: "erasures");

            migrationBuilder.DropColumn(
                name: "erased_at",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "login_user_id",
                table: "accounts");
        }
    }
}
