using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace InstaMessenger.Store.Data.Migrations.MySql
{
    /// <inheritdoc />
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "search_terms",
                columns: table => new
                {
                    scope = table.Column<long>(type: "bigint", nullable: false),
                    term = table.Column<string>(type: "varchar(96)", maxLength: 96, nullable: false, collation: "utf8mb4_bin"),
                    sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_search_terms", x => new { x.scope, x.term, x.sequence });
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "searched_contacts",
                columns: table => new
                {
                    scope = table.Column<long>(type: "bigint", nullable: false),
                    term = table.Column<string>(type: "varchar(96)", maxLength: 96, nullable: false, collation: "utf8mb4_bin"),
                    conversation_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_searched_contacts", x => new { x.scope, x.term, x.conversation_id });
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

            migrationBuilder.CreateTable(
                name: "searched_messages",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    terms = table.Column<string>(type: "longtext", nullable: false, collation: "utf8mb4_bin")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_searched_messages", x => x.sequence);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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
