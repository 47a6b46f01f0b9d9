using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Inbound;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace InstaMessenger.Store.Accounts;

/// <summary>Linked Instagram accounts.</summary>
internal static class AccountsSetup
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<QuarantineSignal>();
        builder.Services.AddSingleton<AccountWriter>();
        builder.Services.AddSingleton<LinkAccount>();
    }

    public static void MapAccounts(this WebApplication app)
    {
        var accounts = app.MapGroup("/api/v1/accounts").WithTags("Accounts");
        accounts.MapPost("", LinkAccount.HandleAsync).WithSummary("Link an Instagram account, or link it again.")
            .Produces<AccountView>(StatusCodes.Status201Created).Produces<AccountView>();
        accounts.MapGet("", LinkedAccounts.ListAsync).WithSummary("The linked accounts that you see, oldest first.").Produces<Page<AccountView>>();
        accounts.MapGet("{id}", LinkedAccounts.GetAsync).WithSummary("One linked account.").Produces<AccountView>();
        accounts.MapPatch("{id}", ChangeAccount.HandleAsync).WithSummary("Change a linked account.").Produces<AccountView>();
        accounts.MapDelete("{id}", UnlinkAccount.HandleAsync).WithSummary("Unlink an account; its messages stay.");

        var reserved = app.MapGroup("/api/v1/reserved-identifiers").RequireAuthorization(CallerAuthenticationSetup.Admin).WithTags("Operations");
        reserved.MapGet("", ReservedIdentifiers.ListAsync).WithSummary("Channel ids that are kept for accounts that do not use them now.").Produces<Page<ReservedIdentifierView>>();
        reserved.MapDelete("{id}", ReservedIdentifiers.ReleaseAsync).WithSummary("Release a channel id for the next account that names it.").Produces(StatusCodes.Status204NoContent);
    }
}
