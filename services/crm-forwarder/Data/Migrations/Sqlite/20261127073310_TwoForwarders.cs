using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class TwoForwarders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "proven",
                table: "endpoints",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "endpoint_claims",
                columns: table => new
                {
                    endpoint_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    owner = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    wanted_by = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoint_claims", x => x.endpoint_id);
                });

            migrationBuilder.CreateTable(
                name: "processes",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    until = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_processes", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_claims_owner",
                table: "endpoint_claims",
                column: "owner");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "endpoint_claims");

            migrationBuilder.DropTable(
                name: "processes");

            migrationBuilder.DropColumn(
                name: "proven",
                table: "endpoints");
        }
    }
}
