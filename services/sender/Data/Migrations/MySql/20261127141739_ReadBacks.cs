using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class ReadBacks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "absent_at",
                table: "ledger",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "in_doubt",
                table: "ledger",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "looks",
                table: "ledger",
                type: "int",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<bool>(
                name: "resent",
                table: "ledger",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            // Before, an unknown send had a time only while a refusal was in doubt.
            migrationBuilder.Sql("UPDATE ledger SET in_doubt = 1 WHERE state = 'Unknown' AND due_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "absent_at",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "in_doubt",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "looks",
                table: "ledger");

            migrationBuilder.DropColumn(
                name: "resent",
                table: "ledger");
        }
    }
}
