using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Media;

/// <summary>
/// Asks for attachments, in the transaction that records them. The file gets its name here, so that none is ever without a row, whichever
/// process dies.
/// </summary>
internal static class MediaRequests
{
    /// <summary>
    /// The sender tries for about three hours, longer where it was asked to wait. What is silent for so long is given up.
    /// </summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(2);

    /// <summary>Does with a message's attachments what its account does with them.</summary>
    public static void Begin(
        WorkScope<StoreDbContext> scope, Account account, Message message, DateTimeOffset now, string? traceParent)
    {
        if (account.MediaMode == MediaMode.Link) message.ShowLinks();
        if (account.MediaMode != MediaMode.Keep) return;
        foreach (var attachment in message.Attachments)
        {
            attachment.KeepIt();
            Fetch(scope, account.Id, attachment, now, traceParent);
        }
    }

    /// <summary>Asks for one attachment that lies elsewhere.</summary>
    public static void Fetch(
        WorkScope<StoreDbContext> scope, AccountId account, Attachment attachment, DateTimeOffset now, string? traceParent = null)
    {
        attachment.BeginFetch(MediaFile.New(), now + GiveUpAfter);
        scope.Publish(
            new FetchMedia(attachment.Id, account, attachment.Url, attachment.MediaType, attachment.File!.Value), traceParent);
    }
}
