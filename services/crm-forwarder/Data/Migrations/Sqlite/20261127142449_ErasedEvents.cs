using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ErasedEvents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erased_events",
                columns: table => new
                {
                    event_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    message = table.Column<byte[]>(type: "BLOB", nullable: false),
                    erased_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erased_events", x => x.event_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_erased_events_erased_at",
                table: "erased_events",
                column: "erased_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "erased_events");
        }
    }
}
