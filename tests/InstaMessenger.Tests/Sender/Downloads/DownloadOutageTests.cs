using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Simulator;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Downloads;

public sealed class DownloadOutageTests
{
    /// <summary>Each file in hand was an error of its own, with all that the driver says, in every outage of the database.</summary>
    [Fact]
    public async Task A_database_that_is_away_is_no_error_of_the_files_in_hand()
    {
        await using var meta = await SimulatorHost.StartAsync();
        var sender = new SenderHost { Change = DoubtfulUnitOfWork<SenderDbContext>.Wrap };
        await using (sender)
        {
            await sender.OpenAsync(meta.BaseAddress, ("Outbound:AllowedAddresses:0", "localhost"));
            meta.Meta.Cdn.Put("picture", [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[1_000]], "image/jpeg");
            var database = sender.Services.GetRequiredService<DoubtfulUnitOfWork<SenderDbContext>>();
            var isLost = false;
            // The unit that records the outcome.
            database.Loses = db => isLost = db.ChangeTracker.Entries<Download>().Any(row => row.State == EntityState.Deleted);

            await sender.FetchAsync(new FetchMedia(
                AttachmentId.Of(MessageId.Parse("msg_1"), 0),
                SenderHost.Account,
                $"http://localhost:{meta.BaseAddress.Port}/cdn/picture",
                "image",
                MediaFile.New()));

            (await sender.Media.Reader.ReadAsync(Patience.Token())).Outcome.ShouldBe(MediaOutcome.Kept);
            isLost.ShouldBeTrue();
        }

        // The sender's log. Whoever stops waits for the downloads in hand.
        TestContext.Current.TestOutputHelper!.Output.ShouldNotContain("The download of");
    }
}
