using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class EchoesWithoutTheirFlag : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "unsaid_business_id",
                table: "quarantined_webhooks",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_quarantined_webhooks_unsaid_business_id",
                table: "quarantined_webhooks",
                column: "unsaid_business_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_quarantined_webhooks_unsaid_business_id",
                table: "quarantined_webhooks");

            migrationBuilder.DropColumn(
                name: "unsaid_business_id",
                table: "quarantined_webhooks");
        }
    }
}
