using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.Sqlite
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
                type: "TEXT",
                maxLength: 40,
                nullable: true);
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
