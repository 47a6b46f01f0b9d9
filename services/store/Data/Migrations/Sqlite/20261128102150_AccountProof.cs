using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AccountProof : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "app_id",
                table: "accounts",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "app_scoped_id",
                table: "accounts",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "name",
                table: "accounts",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "page_id",
                table: "accounts",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "picture_url",
                table: "accounts",
                type: "TEXT",
                maxLength: 2048,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "token_expires_at",
                table: "accounts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "meta_answers",
                columns: table => new
                {
                    question_id = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    body = table.Column<byte[]>(type: "BLOB", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_meta_answers", x => x.question_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_meta_answers_received_at",
                table: "meta_answers",
                column: "received_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "meta_answers");

            migrationBuilder.DropColumn(
                name: "app_id",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "app_scoped_id",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "name",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "page_id",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "picture_url",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "token_expires_at",
                table: "accounts");
        }
    }
}
