using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ContactFactsAndExpiredEvents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "contact_followed_by_business",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "contact_follower_count",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "contact_follows_business",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "contact_is_verified",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.InsertData(
                table: "counters",
                columns: new[] { "name", "value" },
                values: new object[] { "events_expired", 0L });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DeleteData(
                table: "counters",
                keyColumn: "name",
                keyValue: "events_expired");

            migrationBuilder.DropColumn(
                name: "contact_followed_by_business",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "contact_follower_count",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "contact_follows_business",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "contact_is_verified",
                table: "conversations");
        }
    }
}
