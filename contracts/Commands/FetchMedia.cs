using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>
/// Fetch a file from where it lies and put it into the media storage, then say how that went. A command that comes again while its download
/// waits has no second effect.
/// </summary>
/// <param name="AttachmentId">The attachment; null for the picture of a contact.</param>
/// <param name="Url">Where it lies. It was given from outside, so nothing is known of it.</param>
/// <param name="MediaType">One of <c>MediaTypes</c>, as it was told; what it really is only its bytes say.</param>
/// <param name="File">The name under which it is kept. It is in a row of the store already, so no file is ever without a row.</param>
public sealed record FetchMedia(AttachmentId? AttachmentId, AccountId AccountId, string Url, string MediaType, MediaFile File);
