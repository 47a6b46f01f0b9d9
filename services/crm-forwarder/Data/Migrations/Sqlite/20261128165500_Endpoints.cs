using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.Sqlite
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
                type: "TEXT",
                maxLength: 40,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldMaxLength: 40);

            migrationBuilder.AddColumn<bool>(
                name: "all_accounts",
                table: "endpoints",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "description",
                table: "endpoints",
                type: "TEXT",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "event_types",
                table: "endpoints",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "failing_since",
                table: "endpoints",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "given_protected_secret",
                table: "endpoints",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "max_per_second",
                table: "endpoints",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ordered",
                table: "endpoints",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "owner_id",
                table: "endpoints",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "previous_protected_secret",
                table: "endpoints",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "previous_secret_until",
                table: "endpoints",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "protected_headers",
                table: "endpoints",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "endpoints",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "answer",
                table: "delivery_attempts",
                type: "TEXT",
                maxLength: 1024,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "next_attempt_at",
                table: "delivery_attempts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "endpoint_accounts",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    endpoint_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoint_accounts", x => new { x.account_id, x.endpoint_id });
                });

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

            migrationBuilder.AlterColumn<string>(
                name: "account_id",
                table: "endpoints",
                type: "TEXT",
                maxLength: 40,
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldMaxLength: 40,
                oldNullable: true);
        }
    }
}
