using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Tests.Store;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

public sealed class DeliveryGaugesTests
{
    [Theory]
    [InlineData("Pending")]
    [InlineData("Dead")]
    public async Task Counting_deliveries_walks_an_index_and_never_those_that_were_delivered(string state)
    {
        using var folder = new TemporaryFolder();
        await using var db = new SqliteCrmForwarderDbContext(new DbContextOptionsBuilder<SqliteCrmForwarderDbContext>()
            .UseSqlite($"Data Source={Path.Combine(folder.Path, "crm-forwarder.db")};Pooling=false").Options);
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);

        var plan = await QueryPlan.OfAsync(DeliveryGauges.With(db, Enum.Parse<DeliveryState>(state)));
        plan.AddRange(await QueryPlan.OfAsync(DeliveryGauges.Of(db, "whe_1", Enum.Parse<DeliveryState>(state), 100)));

        plan.Count(step => step.Contains("SEARCH", StringComparison.Ordinal)
            && step.Contains("(endpoint_id=? AND state=?)", StringComparison.Ordinal)).ShouldBe(2, string.Join('\n', plan));
        plan.ShouldNotContain(step => step.StartsWith("SCAN d", StringComparison.Ordinal), string.Join('\n', plan));
    }
}
