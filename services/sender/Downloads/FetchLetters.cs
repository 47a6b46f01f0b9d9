using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Downloads;

/// <summary>
/// Commands to fetch that could not be handled. The address of the attachment stands in them too, so they go with what was taken back:
/// those that are there at once, and those that come behind it when the download ends that remembers it.
/// </summary>
internal static class FetchLetters
{
    /// <summary>Removes the letters of downloads; there is nearly never any letter at all.</summary>
    public static async Task RemoveAsync(SenderDbContext db, IReadOnlyCollection<MediaFile> files)
    {
        var letters = await db.Set<DeadLetter>().Where(letter => letter.Queue == DownloadSetup.Queue)
            .Select(letter => new { letter.Id, letter.Body }).ToListAsync();
        var obsolete = letters.FindAll(letter => FileOf(letter.Body) is { } file && files.Contains(file)).ConvertAll(letter => letter.Id);
        if (obsolete.Count > 0) await db.Set<DeadLetter>().Where(letter => obsolete.Contains(letter.Id)).ExecuteDeleteAsync();
    }

    private static MediaFile? FileOf(byte[] letter)
    {
        try
        {
            using var json = JsonDocument.Parse(letter);
            return MediaFile.TryParse(json.RootElement.GetProperty("file").GetString(), out var file) ? file : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
