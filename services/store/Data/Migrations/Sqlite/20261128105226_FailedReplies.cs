using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FailedReplies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The column is made anew, because SQLite would copy the whole table to change it.
            migrationBuilder.DropIndex(
                name: "IX_conversations_attention_account_id_last_message_at_id",
                table: "conversations");

            migrationBuilder.Sql("ALTER TABLE conversations DROP COLUMN attention");

            migrationBuilder.AddColumn<long>(
                name: "failed_at",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            FailedRepliesBackfill.Run(migrationBuilder);

            migrationBuilder.AddColumn<int>(
                name: "attention",
                table: "conversations",
                type: "INTEGER",
                maxLength: 20,
                nullable: false,
                computedColumnSql: "CASE WHEN unread_count > 0 THEN 1 ELSE 0 END + CASE WHEN (last_inbound_at >= last_message_at OR failed_at IS NOT NULL) THEN 2 ELSE 0 END + CASE WHEN failed_at IS NOT NULL THEN 4 ELSE 0 END",
                stored: false);

            migrationBuilder.CreateIndex(
                name: "IX_conversations_attention_account_id_last_message_at_id",
                table: "conversations",
                columns: new[] { "attention", "account_id", "last_message_at", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The column is made anew, because SQLite would copy the whole table to change it.
            migrationBuilder.DropIndex(
                name: "IX_conversations_attention_account_id_last_message_at_id",
                table: "conversations");

            migrationBuilder.Sql("ALTER TABLE conversations DROP COLUMN attention");

            migrationBuilder.Sql("ALTER TABLE conversations DROP COLUMN failed_at");

            migrationBuilder.AddColumn<int>(
                name: "attention",
                table: "conversations",
                type: "INTEGER",
                maxLength: 20,
                nullable: false,
                computedColumnSql: "CASE WHEN unread_count > 0 THEN 1 ELSE 0 END + CASE WHEN last_inbound_at >= last_message_at THEN 2 ELSE 0 END",
                stored: false);

            migrationBuilder.CreateIndex(
                name: "IX_conversations_attention_account_id_last_message_at_id",
                table: "conversations",
                columns: new[] { "attention", "account_id", "last_message_at", "id" });
        }
    }
}
