using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Completeness : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "compared_at",
                table: "checkups",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "known_messages",
                table: "checkups",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "missing_messages",
                table: "checkups",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "compared_at",
                table: "checkups");

            migrationBuilder.DropColumn(
                name: "known_messages",
                table: "checkups");

            migrationBuilder.DropColumn(
                name: "missing_messages",
                table: "checkups");
        }
    }
}
