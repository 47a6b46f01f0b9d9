using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace InstaMessenger.CrmForwarder.Data.Migrations.MySql
{
    /// <summary>
    /// The endpoints of before were all of accounts: each takes its account's events, and signs with the secret that the account gave. A
    /// migration of its own, because SQLite makes the table anew in the one before; run twice, it changes nothing.
    /// </summary>
    public partial class AccountsOfEndpoints : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                INSERT INTO endpoint_accounts (account_id, endpoint_id)
                SELECT endpoints.account_id, endpoints.id FROM endpoints
                WHERE endpoints.account_id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM endpoint_accounts AS known
                    WHERE known.account_id = endpoints.account_id AND known.endpoint_id = endpoints.id)
                """);
            migrationBuilder.Sql(
                """
                UPDATE endpoints SET given_protected_secret = protected_secret
                WHERE account_id IS NOT NULL AND given_protected_secret IS NULL
                """);
            migrationBuilder.Sql("UPDATE endpoints SET reason = 'gone' WHERE state = 'Disabled' AND reason IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM endpoint_accounts");
            migrationBuilder.Sql("DELETE FROM endpoints WHERE account_id IS NULL");
        }
    }
}
