namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Spreads an endpoint's posts evenly, so that it gets at most so many in any second.</summary>
internal sealed class PostRate(TimeProvider clock)
{
    private long? _last;

    /// <summary>How long until the next post may begin; zero or less for now, null without a limit.</summary>
    public TimeSpan? Wait(int? maxPerSecond) => maxPerSecond is not { } most ? null
        : _last is not { } last ? TimeSpan.Zero
        : TimeSpan.FromSeconds(1.0 / most) - clock.GetElapsedTime(last);

    /// <summary>Notes that a post begins.</summary>
    public void Begun(int? maxPerSecond) => _last = maxPerSecond is null ? null : clock.GetTimestamp();
}
