using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.Store.Data.Migrations.MySql
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
                type: "varchar(40)",
                maxLength: 40,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "app_scoped_id",
                table: "accounts",
                type: "varchar(20)",
                maxLength: 20,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "name",
                table: "accounts",
                type: "varchar(100)",
                maxLength: 100,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "page_id",
                table: "accounts",
                type: "varchar(20)",
                maxLength: 20,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<string>(
                name: "picture_url",
                table: "accounts",
                type: "varchar(2048)",
                maxLength: 2048,
                nullable: true,
                collation: "utf8mb4_bin");

            migrationBuilder.AddColumn<long>(
                name: "token_expires_at",
                table: "accounts",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "meta_answers",
                columns: table => new
                {
                    question_id = table.Column<string>(type: "varchar(40)", maxLength: 40, nullable: false, collation: "utf8mb4_bin"),
                    body = table.Column<byte[]>(type: "longblob", nullable: false),
                    received_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_meta_answers", x => x.question_id);
                })
                .Annotation("Relational:Collation", "utf8mb4_bin");

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
