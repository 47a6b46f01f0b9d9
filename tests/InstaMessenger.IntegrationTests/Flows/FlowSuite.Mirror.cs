using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>The CRM's own MySQL holds what the API shows.</summary>
public abstract partial class FlowSuite
{
    private const string MirroredMessages =
        "SELECT id, kind, COALESCE(text, ''), COALESCE(status, ''), history, "
        + "(SELECT COUNT(*) FROM insta_attachments a WHERE a.message_id = m.id), "
        + "COALESCE((SELECT GROUP_CONCAT(r.reaction) FROM insta_reactions r WHERE r.message_id = m.id), '') FROM insta_messages m "
        + "WHERE account_id = '{0}' ORDER BY id";

    private string Mirror => ((ProductBase)Product).Mirror;

    [Fact]
    public async Task The_CRMs_own_MySQL_holds_what_the_API_shows_and_forgets_who_is_erased()
    {
        var shop = Shop.Unlinked(Product);
        _shops.Add(shop);
        var (old, customer) = (shop.NewCustomer(), shop.NewCustomer());
        // An import, of which no event tells.
        old.WroteUnseen("from before", TimeProvider.System.GetUtcNow().AddHours(-2));
        await shop.LinkAsync();
        await shop.Events.WaitForAsync("history.progress", "data.backfill.state", "done");
        var first = await customer.SayAsync("tomorow");
        await shop.ReceivedAsync(first);
        await customer.EditAsync(first, "tomorrow");
        var taken = await customer.SayAsync("what was not meant");
        await shop.ReceivedAsync(taken);
        await customer.UnsendAsync(taken);
        await customer.ShowAsync("image", NewPicture(1_000).Url);
        var answer = (await shop.SendAsync(customer, "an answer")).Expect(200);
        await customer.ReactAsync(answer.Text("instagram_message_id")!, "love", @"\u{2764}\u{FE0F}");
        await customer.ReadAsync();
        await shop.Events.WaitForAsync("message.read", "data.message_id", answer.Text("message_id")!);
        await shop.Events.WaitForAsync("message.deleted", "data.message.instagram_message_id", taken);
        await shop.Events.WaitForAsync("message.reaction", "data.reaction.action", "react");

        await MirroredAsync(shop, old, customer);
        (await MirrorWitness.AskAsync(
            Mirror, $"SELECT COUNT(*) FROM insta_messages WHERE account_id = '{shop.AccountId}' AND status = 'read'")).ShouldBe(["1"]);
        (await MirrorWitness.AskAsync(
            Mirror, $"SELECT contact_id FROM insta_conversations WHERE account_id = '{shop.AccountId}' ORDER BY contact_id"))
            .ShouldBe(new[] { old.Igsid, customer.Igsid }.Order(StringComparer.Ordinal));

        // What somebody removed by mistake is there again after a fill.
        await MirrorWitness.AskAsync(
            Mirror, $"DELETE FROM insta_messages WHERE account_id = '{shop.AccountId}'; UPDATE insta_mirror SET sequence = NULL");
        await MirroredAsync(shop, old, customer);

        await ErasedAsync(shop, (await shop.Api.DeleteAsync($"/api/v1/accounts/{shop.AccountId}/contacts/{customer.Igsid}")).Json);
        await MirroredAsync(shop, old);
        (await MirrorWitness.AskAsync(Mirror, $"SELECT contact_id FROM insta_contacts WHERE account_id = '{shop.AccountId}'"))
            .ShouldBe([old.Igsid]);

        await ErasedAsync(shop, (await shop.Api.DeleteAsync($"/api/v1/accounts/{shop.AccountId}?erase=true")).Json);
        await Until.TrueAsync(
            async () => (await MirrorWitness.AskAsync(
                Mirror,
                string.Join(
                    " UNION ALL ",
                    new[] { "messages", "conversations", "contacts", "attachments", "reactions" }
                        .Select(table => $"SELECT '{table}' FROM insta_{table} WHERE account_id = '{shop.AccountId}'")))).Count == 0,
            Patience.Long,
            () => "Something of the account is left.");
    }

    /// <summary>Waits until the mirror shows the same messages as the API.</summary>
    private async Task MirroredAsync(Shop shop, params Customer[] customers)
    {
        var (shown, mirrored) = ("", "");
        await Until.TrueAsync(
            async () =>
            {
                var messages = new List<string>();
                foreach (var customer in customers)
                {
                    messages.AddRange((await shop.ThreadAsync(customer)).Select(message => string.Join(
                        ' ', message.Text("id"), message.Text("kind"), message.Text("text") ?? "", message.Text("status") ?? "",
                        message.Text("history") == "true" ? "True" : "False", message.Items("attachments").Count,
                        string.Join(',', message.Items("reactions").Select(reaction => reaction.Text("reaction"))))));
                }

                shown = string.Join('\n', messages.Order(StringComparer.Ordinal));
                mirrored = string.Join('\n', await MirrorWitness.AskAsync(
                    Mirror, MirroredMessages.Replace("{0}", shop.AccountId, StringComparison.Ordinal)));
                return shown == mirrored;
            },
            Patience.Long,
            () => $"shown:\n{shown}\nmirrored:\n{mirrored}");
    }
}
