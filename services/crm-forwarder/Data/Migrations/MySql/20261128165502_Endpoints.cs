using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class Endpoints : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "account_id",
                table: "endpoints",
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin",
                oldClrType: typeof(string),
                oldType: "varchar(40)",
                oldMaxLength: 40)
                .OldAnnotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.AddColumn<bool>(
                name: "all_accounts",
                table: "endpoints",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "description",
                table: "endpoints",
                type: "varchar(200)",
                maxLength: 200,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "event_types",
                table: "endpoints",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<long>(
                name: "failing_since",
                table: "endpoints",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "given_protected_secret",
                table: "endpoints",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<int>(
                name: "max_per_second",
                table: "endpoints",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ordered",
                table: "endpoints",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "owner_id",
                table: "endpoints",
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "previous_protected_secret",
                table: "endpoints",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<long>(
                name: "previous_secret_until",
                table: "endpoints",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "protected_headers",
                table: "endpoints",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "endpoints",
                type: "varchar(20)",
                maxLength: 20,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "answer",
                table: "delivery_attempts",
                type: "varchar(1024)",
                maxLength: 1024,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<long>(
                name: "next_attempt_at",
                table: "delivery_attempts",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "endpoint_accounts",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    endpoint_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoint_accounts", x => new { x.account_id, x.endpoint_id });
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateIndex(
                name: "IX_endpoints_all_accounts",
                table: "endpoints",
                column: "all_accounts");

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_accounts_endpoint_id",
                table: "endpoint_accounts",
                column: "endpoint_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "endpoint_accounts");

            migrationBuilder.DropIndex(
                name: "IX_endpoints_all_accounts",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "all_accounts",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "description",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "event_types",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "failing_since",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "given_protected_secret",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "max_per_second",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "ordered",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "owner_id",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "previous_protected_secret",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "previous_secret_until",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "protected_headers",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "endpoints");

            migrationBuilder.DropColumn(
                name: "answer",
                table: "delivery_attempts");

            migrationBuilder.DropColumn(
                name: "next_attempt_at",
                table: "delivery_attempts");

            migrationBuilder.UpdateData(
                table: "endpoints",
                keyColumn: "account_id",
                keyValue: null,
                column: "account_id",
                value: "");

            migrationBuilder.AlterColumn<string>(
                name: "account_id",
                table: "endpoints",
                type: "varchar(40)",
                maxLength: 40,
                nullable: false,
                collation: "utf8mb4_bin",
                oldClrType: typeof(string),
                oldType: "varchar(40)",
                oldMaxLength: 40,
                oldNullable: true)
                .OldAnnotation("Relational:Collation", "utf8mb4_bin");
        }
    }
}
