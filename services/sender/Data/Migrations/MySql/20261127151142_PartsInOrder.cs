using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class PartsInOrder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "after",
                table: "ledger",
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "after",
                table: "ledger");
        }
    }
}
