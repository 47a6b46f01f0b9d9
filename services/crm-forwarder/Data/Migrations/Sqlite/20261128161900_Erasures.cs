using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Erasures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    erasure_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    is_of_account = table.Column<bool>(type: "INTEGER", nullable: false),
                    contact_id = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    conversation_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    up_to_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    round = table.Column<int>(type: "INTEGER", nullable: false),
                    rows = table.Column<int>(type: "INTEGER", nullable: false),
                    walked = table.Column<long>(type: "INTEGER", nullable: false),
                    reported_at = table.Column<long>(type: "INTEGER", nullable: true),
                    deliveries_done = table.Column<bool>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erasures", x => x.erasure_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_erasures_account_id",
                table: "erasures",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "IX_erasures_due_at",
                table: "erasures",
                column: "due_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "erasures");
        }
    }
}
