using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Without a rowid, or SQLite would keep all of it twice.
            migrationBuilder.Sql(
                "CREATE TABLE search_terms (scope INTEGER NOT NULL, term TEXT NOT NULL, sequence INTEGER NOT NULL, "
                    + "PRIMARY KEY (scope, term, sequence)) WITHOUT ROWID");

            migrationBuilder.CreateTable(
                name: "searched_contacts",
                columns: table => new
                {
                    scope = table.Column<long>(type: "INTEGER", nullable: false),
                    term = table.Column<string>(type: "TEXT", maxLength: 96, nullable: false),
                    conversation_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_searched_contacts", x => new { x.scope, x.term, x.conversation_id });
                });

            migrationBuilder.CreateTable(
                name: "searched_messages",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    terms = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_searched_messages", x => x.sequence);
                });

            migrationBuilder.InsertData(
                table: "counters",
                columns: new[] { "name", "value" },
                values: new object[,]
                {
                    { "searched", 0L },
                    { "searched_back", 0L }
                });

            migrationBuilder.CreateIndex(
                name: "IX_searched_contacts_conversation_id",
                table: "searched_contacts",
                column: "conversation_id");

            // What is new is taken in from the log as it stands; what is older, from its newest message back.
            migrationBuilder.Sql(
                "UPDATE counters SET value = (SELECT value FROM (SELECT value FROM counters WHERE name = 'events') AS log) "
                    + "WHERE name = 'searched'");
            migrationBuilder.Sql(
                "UPDATE counters SET value = (SELECT COALESCE(MAX(sequence) + 1, 0) FROM messages) WHERE name = 'searched_back'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "search_terms");

            migrationBuilder.DropTable(
                name: "searched_contacts");

            migrationBuilder.DropTable(
                name: "searched_messages");

            migrationBuilder.DeleteData(
                table: "counters",
                keyColumn: "name",
                keyValue: "searched");

            migrationBuilder.DeleteData(
                table: "counters",
                keyColumn: "name",
                keyValue: "searched_back");
        }
    }
}
