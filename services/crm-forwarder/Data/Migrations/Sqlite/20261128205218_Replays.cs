using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Replays : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "replay_id",
                table: "deliveries",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "replays",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    endpoint_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    from_time = table.Column<long>(type: "INTEGER", nullable: true),
                    to_time = table.Column<long>(type: "INTEGER", nullable: true),
                    after_sequence = table.Column<long>(type: "INTEGER", nullable: true),
                    event_types = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    page = table.Column<int>(type: "INTEGER", nullable: false),
                    position = table.Column<long>(type: "INTEGER", nullable: true),
                    up_to_sequence = table.Column<long>(type: "INTEGER", nullable: true),
                    began_at = table.Column<long>(type: "INTEGER", nullable: true),
                    is_read = table.Column<bool>(type: "INTEGER", nullable: false),
                    asked_until = table.Column<long>(type: "INTEGER", nullable: true),
                    found = table.Column<int>(type: "INTEGER", nullable: false),
                    delivered = table.Column<int>(type: "INTEGER", nullable: false),
                    failed = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_replays", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_replays_due_at",
                table: "replays",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_replays_endpoint_id_id",
                table: "replays",
                columns: new[] { "endpoint_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "replays");

            migrationBuilder.DropColumn(
                name: "replay_id",
                table: "deliveries");
        }
    }
}
