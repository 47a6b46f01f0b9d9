using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.Store.History;

/// <summary>How often Meta is asked what is missing: section <c>Accounts</c>.</summary>
public sealed class HistoryOptions
{
    /// <summary>
    /// Minutes between two sweeps of an account, give or take a tenth. A sweep of an account in which nobody wrote is one call.
    /// </summary>
    [Range(1, 1440)]
    public int SweepEveryMinutes { get; set; } = 60;

    /// <summary>
    /// Seconds for which a webhook counts as being on the way: a sweep leaves out messages that are younger. Less than 60 is for tests.
    /// </summary>
    [Range(0, 3600)]
    public int SweepGraceSeconds { get; set; } = 60;
}
