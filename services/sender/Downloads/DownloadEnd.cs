using InstaMessenger.Contracts.Events;

namespace InstaMessenger.Sender.Downloads;

/// <summary>How one attempt ended.</summary>
internal abstract record DownloadEnd
{
    /// <summary>The file is in the storage.</summary>
    public sealed record Kept(KeptMedia Content) : DownloadEnd;

    /// <summary>It is gone from where it lay.</summary>
    public sealed record Expired(string Reason) : DownloadEnd;

    /// <summary>It may not be kept, and no other attempt would end otherwise.</summary>
    public sealed record Never(string Reason) : DownloadEnd;

    /// <summary>Where it lies did not give it.</summary>
    /// <param name="Reason">Why, as a code.</param>
    /// <param name="RetryAfter">What it asks for; null for nothing.</param>
    public sealed record Later(string Reason, TimeSpan? RetryAfter) : DownloadEnd;

    /// <summary>Our own storage did not take it, which says nothing of the attachment.</summary>
    public sealed record NotStored(Exception Error) : DownloadEnd;
}
