using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.Ingress.Journaling;

/// <summary>The journal's limits: section <c>Ingress</c>.</summary>
internal sealed class JournalOptions
{
    /// <summary>
    /// How large the file may grow while the broker is away, in bytes; default 10 GiB, about 20 million webhooks of one message. Beyond it
    /// webhooks are answered 503, and Meta keeps them for us.
    /// </summary>
    [Range(64 * 1024, long.MaxValue)]
    public long JournalMaxBytes { get; set; } = 10L * 1024 * 1024 * 1024;
}
