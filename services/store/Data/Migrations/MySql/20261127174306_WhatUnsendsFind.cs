using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class WhatUnsendsFind : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "instagram_message_id",
                table: "quarantined_webhooks",
                type: "varchar(512)",
                maxLength: 512,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<bool>(
                name: "is_unsend",
                table: "quarantined_webhooks",
                type: "tinyint(1)",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "IX_quarantined_webhooks_instagram_message_id",
                table: "quarantined_webhooks",
                column: "instagram_message_id");

            migrationBuilder.CreateIndex(
                name: "IX_messages_reply_to",
                table: "messages",
                column: "reply_to");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_quarantined_webhooks_instagram_message_id",
                table: "quarantined_webhooks");

            migrationBuilder.DropIndex(
                name: "IX_messages_reply_to",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "instagram_message_id",
                table: "quarantined_webhooks");

            migrationBuilder.DropColumn(
                name: "is_unsend",
                table: "quarantined_webhooks");
        }
    }
}
