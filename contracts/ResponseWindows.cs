namespace InstaMessenger.Contracts;

/// <summary>How long after the customer's last message a business may write (Meta's messaging policy, meta-platform.md 3.3).</summary>
public static class ResponseWindows
{
    /// <summary>For any author: 24 hours.</summary>
    public static readonly TimeSpan Everybody = TimeSpan.FromHours(24);

    /// <summary>For what a person wrote, tagged <c>HUMAN_AGENT</c>: 7 days.</summary>
    public static readonly TimeSpan HumanAgents = TimeSpan.FromDays(7);
}
