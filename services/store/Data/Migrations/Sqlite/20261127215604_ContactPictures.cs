using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ContactPictures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "contact_pictures",
                columns: table => new
                {
                    file = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    conversation_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    picture = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    mime_type = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_contact_pictures", x => x.file);
                });

            migrationBuilder.CreateIndex(
                name: "IX_contact_pictures_conversation_id",
                table: "contact_pictures",
                column: "conversation_id");

            migrationBuilder.CreateIndex(
                name: "IX_contact_pictures_due_at",
                table: "contact_pictures",
                column: "due_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "contact_pictures");
        }
    }
}
