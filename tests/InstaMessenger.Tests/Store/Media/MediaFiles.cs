using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Media;

/// <summary>Looks into the media storage.</summary>
internal static class MediaFiles
{
    public static async Task<bool> ExistsAsync(this IMediaStore files, MediaFile file)
    {
        await using var stream = await files.OpenAsync(file, TestContext.Current.CancellationToken);
        return stream is not null;
    }

    /// <summary>Waits until the worker has removed a file, while its time goes by.</summary>
    public static async Task GoneAsync(this IMediaStore files, MediaFile file, FakeTimeProvider clock)
    {
        var patience = Patience.Token();
        while (await files.ExistsAsync(file))
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience);
        }
    }
}
