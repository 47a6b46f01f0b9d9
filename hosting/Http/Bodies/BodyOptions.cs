using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>What unfinished request bodies may cost: section <c>Bodies</c>.</summary>
internal sealed class BodyOptions
{
    private const int MiB = 1024 * 1024;

    /// <summary>
    /// Bytes of request bodies that the process holds at a time, default 64 MiB. One address may hold half of them. Of an upload only what
    /// was not passed on yet counts. A request beyond that is answered 503 with <c>Retry-After</c>.
    /// </summary>
    [Range(MiB, int.MaxValue)]
    public int MostBytesInFlight { get; set; } = 64 * MiB;

    /// <summary>
    /// How long a client may take for a whole body, in seconds; default 15. An upload with a credential may take a second more for each
    /// 32 KiB: 25 MB over a line of a quarter of a megabit.
    /// </summary>
    [Range(1, 3600)]
    public int DeadlineSeconds { get; set; } = 15;
}
