using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Simulator;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Sender.Downloads;

public sealed class DownloadOutageTests
{
    /// <summary>Each file in hand was an error of its own, with all that the driver says, in every outage of the database.</summary>
    [Fact]
    public async Task A_database_that_is_away_is_no_error_of_the_files_in_hand()
    {
        await using var meta = await SimulatorHost.StartAsync();
        var log = LogCapture.Json();
        var sender = new SenderHost
        {
            Change = services =>
            {
                DoubtfulUnitOfWork<SenderDbContext>.Wrap(services);
                services.AddSingleton<ILoggerProvider>(log);
            },
        };
        await using (sender)
        {
            await sender.OpenAsync(meta.BaseAddress, ("Outbound:AllowedAddresses:0", "localhost"));
            meta.Meta.Cdn.Put("picture", [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[1_000]], "image/jpeg");
            var database = sender.Services.GetRequiredService<DoubtfulUnitOfWork<SenderDbContext>>();
            var (isKnown, isLost) = (false, false);
            // The unit that records the outcome: the first that leaves no download behind once there was one.
            database.Loses = db =>
            {
                var isThere = db.Set<Download>().Any();
                isLost = isKnown && !isThere;
                isKnown |= isThere;
                return isLost;
            };

            await sender.FetchAsync(new FetchMedia(
                AttachmentId.Of(MessageId.Parse("msg_1"), 0),
                SenderHost.Account,
                $"http://localhost:{meta.BaseAddress.Port}/cdn/picture",
                "image",
                MediaFile.New()));

            (await sender.Media.Reader.ReadAsync(Patience.Token())).Outcome.ShouldBe(MediaOutcome.Kept);
            isLost.ShouldBeTrue();
        }

        // Whoever stops waits for the downloads in hand.
        log.All.ShouldNotContain("download.failed");
    }
}
