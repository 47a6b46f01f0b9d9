using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Sender.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class DueByAccount : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_downloads_due_at_sequence",
                table: "downloads");

            migrationBuilder.CreateIndex(
                name: "IX_profile_lookups_due_at",
                table: "profile_lookups",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_downloads_account_id_due_at_sequence",
                table: "downloads",
                columns: new[] { "account_id", "due_at", "sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_downloads_due_at_account_id",
                table: "downloads",
                columns: new[] { "due_at", "account_id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_profile_lookups_due_at",
                table: "profile_lookups");

            migrationBuilder.DropIndex(
                name: "IX_downloads_account_id_due_at_sequence",
                table: "downloads");

            migrationBuilder.DropIndex(
                name: "IX_downloads_due_at_account_id",
                table: "downloads");

            migrationBuilder.CreateIndex(
                name: "IX_downloads_due_at_sequence",
                table: "downloads",
                columns: new[] { "due_at", "sequence" });
        }
    }
}
