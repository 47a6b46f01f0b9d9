using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Dead letters that the database refuses (larger than its packets, say), one file each. The process is degraded, and says so, until the
/// database has taken them all.
/// </summary>
/// <param name="dataDirectory">Where the process keeps its data.</param>
internal sealed class SetAsideFiles<TContext>(string dataDirectory) : IHealthCheck
    where TContext : DbContext
{
    private readonly string _folder = Path.Combine(dataDirectory, "set-aside", typeof(TContext).Name);

    /// <summary>The files, oldest first.</summary>
    public IReadOnlyList<string> Paths =>
        Directory.Exists(_folder)
            ? [.. new DirectoryInfo(_folder).EnumerateFiles("*.json").OrderBy(file => file.LastWriteTimeUtc).Select(file => file.FullName)]
            : [];

    /// <summary>Keeps a letter. The same letter again is the same file.</summary>
    public async Task WriteAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{letter.Queue}/{letter.ItemId}")))[..32];
        var path = Path.Combine(_folder, name + ".json");
        await using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write))
        {
            await JsonSerializer.SerializeAsync(file, letter, cancellationToken: cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".part", path, overwrite: true);
    }

    public static async Task<DeadLetter> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return (await JsonSerializer.DeserializeAsync<DeadLetter>(file, cancellationToken: cancellationToken))!;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        Paths.Count is > 0 and var count
            ? HealthCheckResult.Degraded(
                $"{count} messages could be neither handled nor kept in the database; they are in {_folder} and are tried again.")
            : HealthCheckResult.Healthy());
}
