using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Profiles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "profile_checked_at",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.InsertData(
                table: "counters",
                columns: new[] { "name", "value" },
                values: new object[] { "profiles", 0L });

            // Only who writes from now on: else a large installation would ask Meta for everybody at once.
            migrationBuilder.Sql(
                "UPDATE counters SET value = (SELECT value FROM (SELECT value FROM counters WHERE name = 'events') AS log) "
                    + "WHERE name = 'profiles'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DeleteData(
                table: "counters",
                keyColumn: "name",
                keyValue: "profiles");

            migrationBuilder.DropColumn(
                name: "profile_checked_at",
                table: "conversations");
        }
    }
}
