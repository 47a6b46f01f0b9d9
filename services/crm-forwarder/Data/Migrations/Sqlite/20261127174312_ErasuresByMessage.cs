using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ErasuresByMessage : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_erased_events",
                table: "erased_events");

            migrationBuilder.AddColumn<string>(
                name: "message_id",
                table: "erased_events",
                type: "TEXT",
                maxLength: 40,
                nullable: false,
                defaultValue: "msg_0"); // of erasures before this, whose message nobody asks for

            migrationBuilder.AddPrimaryKey(
                name: "PK_erased_events",
                table: "erased_events",
                columns: new[] { "event_id", "message_id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_erased_events",
                table: "erased_events");

            migrationBuilder.DropColumn(
                name: "message_id",
                table: "erased_events");

            migrationBuilder.AddPrimaryKey(
                name: "PK_erased_events",
                table: "erased_events",
                column: "event_id");
        }
    }
}
