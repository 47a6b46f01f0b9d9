using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Media;

namespace InstaMessenger.Sender.Publishing;

/// <summary>Gives what lies in the media storage an address that Meta fetches it from during the call.</summary>
internal sealed class Publisher(PublicAddress address, AddressTrial trial, TimeProvider clock)
{
    /// <summary>Meta fetches during the call, which takes half a minute at most; some fetch again soon.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromHours(1);

    /// <summary>Why Meta could not fetch what the content attaches; null when it can, or when nothing of it lies here.</summary>
    public async Task<AddressFault?> FaultAsync(OutgoingContent content, CancellationToken cancellationToken)
    {
        if (!content.AttachedUrls().Any(url => StoredMedia.TryRead(url, out _, out _))) return null;
        if (!address.IsSet) return new AddressFault(
            "public_address_missing",
            "Public:BaseUrl is not set, so Meta has no address to fetch the upload from.",
            "Set Public:BaseUrl to the public https address of this installation's gateway, and start again.",
            IsCertain: true);
        return await trial.FaultAsync(cancellationToken);
    }

    /// <summary>Writes addresses where the content names stored files.</summary>
    public OutgoingContent Publish(AccountId account, OutgoingContent content) => content.WithUrls(url =>
        StoredMedia.TryRead(url, out var file, out var extension)
            ? address.Of(account, file, extension, clock.GetUtcNow() + Lasts) ?? url
            : url);
}
