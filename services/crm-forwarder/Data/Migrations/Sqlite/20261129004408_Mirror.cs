using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Mirror : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "mirror_asks",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    ask = table.Column<long>(type: "INTEGER", nullable: false),
                    asked_until = table.Column<long>(type: "INTEGER", nullable: true),
                    behind = table.Column<long>(type: "INTEGER", nullable: true),
                    applied_at = table.Column<long>(type: "INTEGER", nullable: true),
                    complete_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mirror_asks", x => x.id);
                });

            migrationBuilder.InsertData(
                table: "mirror_asks",
                columns: new[] { "id", "applied_at", "ask", "asked_until", "behind", "complete_at" },
                values: new object[] { 1, null, 0L, null, null, null });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mirror_asks");
        }
    }
}
