using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>
/// Do not fetch an attachment any more: its message was taken back, and nothing of it may be kept, not even where it lies. It may come
/// before the command to fetch, which then has no effect.
/// </summary>
/// <param name="File">The name that the command to fetch gave or gives.</param>
public sealed record CancelFetch(AttachmentId AttachmentId, AccountId AccountId, MediaFile File);
