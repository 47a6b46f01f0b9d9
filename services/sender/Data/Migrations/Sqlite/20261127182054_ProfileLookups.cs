using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ProfileLookups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "profile_lookups",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    contact_id = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    trace_parent = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_profile_lookups", x => new { x.account_id, x.contact_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_profile_lookups_account_id_due_at",
                table: "profile_lookups",
                columns: new[] { "account_id", "due_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "profile_lookups");
        }
    }
}
