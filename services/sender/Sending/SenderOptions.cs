using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.Sender.Sending;

/// <summary>How sends are made: section <c>Sender</c>.</summary>
public sealed class SenderOptions
{
    /// <summary>Calls under way at once, of all accounts together.</summary>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 64;

    /// <summary>
    /// Of these, calls of one account. One that was not quick of late may have a quarter of it, see <see cref="CallSlots"/>.
    /// </summary>
    [Range(1, 1000)]
    public int MostPerAccount { get; set; } = 16;

    /// <summary>
    /// Sends per second of one account, of all processes together: one process at a time has an account's sends. Meta's pages disagree (100
    /// or 300, meta-platform.md 4.1); the lower one is safe.
    /// </summary>
    [Range(1, 1000)]
    public int SendsPerSecond { get; set; } = 100;

    /// <summary>How many of these sends may have audio or video, per second (Meta: 10).</summary>
    [Range(1, 1000)]
    public int AudioVideoPerSecond { get; set; } = 10;

    /// <summary>
    /// Sends per second to one contact. Meta slows down a thread that gets many, and says neither at how many nor for how long
    /// (meta-platform.md 4.1).
    /// </summary>
    [Range(1, 1000)]
    public int SendsPerThreadPerSecond { get; set; } = 20;

    /// <summary>
    /// Private replies to comments per hour of one account (Meta: 750; replies to comments of a live video count here too, although Meta
    /// takes more of them). A fifteenth of them may go at once.
    /// </summary>
    [Range(15, 1_000_000)]
    public int PrivateRepliesPerHour { get; set; } = 750;

    /// <summary>How long a call may take. Meta fetches media during the call, so less than 30 s makes unknowns of good sends.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the echo of an unknown send is waited for before its conversation is read; those behind it to the same contact wait too.
    /// </summary>
    [Range(1, 86_400)]
    public int ReadBackAfterSeconds { get; set; } = 60;

    /// <summary>
    /// How long after its call a send counts as not delivered, if then and once before the conversation did not hold it. Less than 300 is
    /// for tests: Meta may execute a call late.
    /// </summary>
    [Range(1, 86_400)]
    public int AbsentAfterSeconds { get; set; } = 300;

    /// <summary>Whether such a send is made once more by itself if the response window is open, instead of failing.</summary>
    public bool ResendAbsent { get; set; }

    internal TimeSpan ReadBackAfter => TimeSpan.FromSeconds(ReadBackAfterSeconds);

    internal TimeSpan AbsentAfter => TimeSpan.FromSeconds(AbsentAfterSeconds);
}
