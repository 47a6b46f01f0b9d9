using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
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
                type: "TEXT",
                nullable: true);
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
