using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ConnectStates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "connect_states",
                columns: table => new
                {
                    hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    caller_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    caller_kind = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    user_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    browser_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    login_type = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    app_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    return_to = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_connect_states", x => x.hash);
                });

            migrationBuilder.CreateIndex(
                name: "IX_connect_states_expires_at",
                table: "connect_states",
                column: "expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "connect_states");
        }
    }
}
