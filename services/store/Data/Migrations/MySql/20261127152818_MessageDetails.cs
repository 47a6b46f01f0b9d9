using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class MessageDetails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "details",
                table: "messages",
                type: "longtext",
                nullable: true,
                collation: "utf8mb4_bin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "details",
                table: "messages");
        }
    }
}
