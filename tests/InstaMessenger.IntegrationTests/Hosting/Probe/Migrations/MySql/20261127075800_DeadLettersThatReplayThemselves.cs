using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.IntegrationTests.Hosting.Probe.Migrations.MySql
{
    /// <inheritdoc />
    public partial class DeadLettersThatReplayThemselves : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "cause",
                table: "dead_letters",
                type: "varchar(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Item",
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<long>(
                name: "replay_at",
                table: "dead_letters",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "replays",
                table: "dead_letters",
                type: "int",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "IX_dead_letters_replay_at",
                table: "dead_letters",
                column: "replay_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_dead_letters_replay_at",
                table: "dead_letters");

            migrationBuilder.DropColumn(
                name: "cause",
                table: "dead_letters");

            migrationBuilder.DropColumn(
                name: "replay_at",
                table: "dead_letters");

            migrationBuilder.DropColumn(
                name: "replays",
                table: "dead_letters");
        }
    }
}
