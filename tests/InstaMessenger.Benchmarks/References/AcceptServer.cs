using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using InstaMessenger.Benchmarks.Load;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Benchmarks.References;

/// <summary>
/// The reference <b>accept</b>: the least that can answer a webhook 200 and mean it. Bare Kestrel checks the signature and commits the raw
/// body to SQLite, many bodies a commit. It shares no line with the product, so that it stands still when the product changes.
/// </summary>
internal static class AcceptServer
{
    public const string Command = "accept-server";

    private static readonly byte[] Key = Encoding.UTF8.GetBytes(WebhookRequests.AppSecret);

    public static async Task RunAsync(string file)
    {
        var bodies = Channel.CreateUnbounded<(byte[] Body, TaskCompletionSource Kept)>(new UnboundedChannelOptions { SingleReader = true });
        _ = Task.Run(() => KeepAsync(file, bodies.Reader));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddEnvironmentVariables("ASPNETCORE_");
        builder.WebHost.UseKestrelCore();
        var app = builder.Build();
        app.Run(async context =>
        {
            var read = await context.Request.BodyReader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? 0));
            var body = read.Buffer.ToArray();
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (body.Length == 0) return;
            if (!IsSigned(body, context.Request.Headers["X-Hub-Signature-256"].ToString()))
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            bodies.Writer.TryWrite((body, kept));
            await kept.Task;
        });
        await app.RunAsync();
    }

    private static bool IsSigned(byte[] body, string header)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return header.StartsWith("sha256=", StringComparison.Ordinal)
            && Convert.FromHexString(header.AsSpan(7), given, out _, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(Key, body));
    }

    private static async Task KeepAsync(string file, ChannelReader<(byte[] Body, TaskCompletionSource Kept)> bodies)
    {
        await using var connection = new SqliteConnection($"Data Source={file}");
        connection.Open();
        await using var setup = connection.CreateCommand();
        setup.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE bodies (id INTEGER PRIMARY KEY AUTOINCREMENT, "
            + "body BLOB NOT NULL)";
        setup.ExecuteNonQuery();
        await using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO bodies (body) VALUES ($body)";
        var body = insert.Parameters.Add("$body", SqliteType.Blob);
        var together = new List<TaskCompletionSource>();
        while (await bodies.WaitToReadAsync())
        {
            await using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            while (together.Count < 512 && bodies.TryRead(out var next))
            {
                body.Value = next.Body;
                insert.ExecuteNonQuery();
                together.Add(next.Kept);
            }

            transaction.Commit();
            together.ForEach(kept => kept.SetResult());
            together.Clear();
        }
    }
}
