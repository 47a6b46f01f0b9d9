using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.MySql
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
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "replays",
                columns: table => new
                {
                    id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    endpoint_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    from_time = table.Column<long>(type: "bigint", nullable: true),
                    to_time = table.Column<long>(type: "bigint", nullable: true),
                    after_sequence = table.Column<long>(type: "bigint", nullable: true),
                    event_types = table.Column<string>(type: "varchar(2000)", maxLength: 2000, nullable: true, collation: "utf8mb4_bin"),
                    state = table.Column<string>(type: "varchar(20)", maxLength: 20, nullable: false, collation: "utf8mb4_bin"),
                    page = table.Column<int>(type: "int", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: true),
                    up_to_sequence = table.Column<long>(type: "bigint", nullable: true),
                    began_at = table.Column<long>(type: "bigint", nullable: true),
                    is_read = table.Column<bool>(type: "tinyint(1)", nullable: false),
                    asked_until = table.Column<long>(type: "bigint", nullable: true),
                    found = table.Column<int>(type: "int", nullable: false),
                    delivered = table.Column<int>(type: "int", nullable: false),
                    failed = table.Column<int>(type: "int", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    finished_at = table.Column<long>(type: "bigint", nullable: true),
                    due_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_replays", x => x.id);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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
