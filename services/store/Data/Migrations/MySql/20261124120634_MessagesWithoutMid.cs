using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class MessagesWithoutMid : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_messages_conversation_id_instagram_message_id",
                table: "messages",
                columns: new[] { "conversation_id", "instagram_message_id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_messages_conversation_id_instagram_message_id",
                table: "messages");
        }
    }
}
