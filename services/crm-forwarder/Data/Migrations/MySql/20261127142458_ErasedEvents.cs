using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.MySql
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
                    event_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    message = table.Column<byte[]>(type: "longblob", nullable: false),
                    erased_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erased_events", x => x.event_id);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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
