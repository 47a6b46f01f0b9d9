using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
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
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "login_user_id",
                table: "accounts",
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "deletion_requests",
                columns: table => new
                {
                    code = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    hash = table.Column<string>(type: "varchar(64)", maxLength: 64, nullable: false, collation: "utf8mb4_bin"),
                    received_at = table.Column<long>(type: "bigint", nullable: false),
                    accounts = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deletion_requests", x => x.code);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    account_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    contact_id = table.Column<string>(type: "varchar(20)", maxLength: 20, nullable: true, collation: "utf8mb4_bin"),
                    is_of_account = table.Column<bool>(type: "tinyint(1)", nullable: false),
                    conversation_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: true, collation: "utf8mb4_bin"),
                    request_code = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: true, collation: "utf8mb4_bin"),
                    asked_at = table.Column<long>(type: "bigint", nullable: false),
                    asked_at_sequence = table.Column<long>(type: "bigint", nullable: false),
                    up_to_sequence = table.Column<long>(type: "bigint", nullable: false),
                    step = table.Column<string>(type: "varchar(10)", maxLength: 10, nullable: false, collation: "utf8mb4_bin"),
                    walked = table.Column<long>(type: "bigint", nullable: false),
                    counted = table.Column<string>(type: "varchar(1000)", maxLength: 1000, nullable: false, collation: "utf8mb4_bin"),
                    sender_done_at = table.Column<long>(type: "bigint", nullable: true),
                    crm_done_at = table.Column<long>(type: "bigint", nullable: true),
                    finished_at = table.Column<long>(type: "bigint", nullable: true),
                    due_at = table.Column<long>(type: "bigint", nullable: true),
                    row_version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erasures", x => x.id);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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
