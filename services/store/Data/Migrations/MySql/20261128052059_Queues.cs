using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class Queues : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "attention",
                table: "conversations",
                type: "int",
                maxLength: 20,
                nullable: false,
                computedColumnSql: "CASE WHEN unread_count > 0 THEN 1 ELSE 0 END + CASE WHEN last_inbound_at >= last_message_at THEN 2 ELSE 0 END",
                stored: false);

            migrationBuilder.CreateIndex(
                name: "IX_conversations_attention_account_id_last_message_at_id",
                table: "conversations",
                columns: new[] { "attention", "account_id", "last_message_at", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_conversations_attention_account_id_last_message_at_id",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "attention",
                table: "conversations");
        }
    }
}
