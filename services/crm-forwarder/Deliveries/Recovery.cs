namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Brings an endpoint back that was away. Thousands of deliveries may be due by then, and all at once they would take it down again. While
/// it fails it gets so many posts a second as show that it is back; from the first that it takes on, twice as many each second.
/// </summary>
internal sealed class Recovery(TimeProvider clock)
{
    /// <summary>Posts in a second while it fails, and in the first second of its return.</summary>
    public const int FirstRate = 20;

    /// <summary>Failures in a row by which it counts as away. An endpoint that refuses some events is not.</summary>
    public const int AwayAfter = 20;

    /// <summary>How long a process that knows nothing of it yet takes it for away, by what its row says.</summary>
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(30);

    /// <summary>Twenty posts a second doubled eight times are more than its slots carry.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(8);

    private bool _isKnown;
    private int _failures;
    private bool _isAway;

    /// <summary>When it took something again; null while it has not.</summary>
    private long? _backAt;

    private double _posts;
    private long _countedAt;

    /// <summary>How long until the next post may begin; zero for now.</summary>
    public TimeSpan Wait
    {
        get
        {
            Count();
            return !_isAway || _posts >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _posts) / Rate);
        }
    }

    private double Rate => FirstRate * Math.Pow(2, _backAt is { } at ? clock.GetElapsedTime(at).TotalSeconds : 0);

    /// <summary>Takes over what the endpoint's row says, when nothing else is known of it.</summary>
    public void Begin(DateTimeOffset? failingSince)
    {
        if (!_isKnown && failingSince is { } since && clock.GetUtcNow() - since >= AwayFor) BeAway();
    }

    /// <summary>Notes that a post begins.</summary>
    public void Begun() => _posts -= _isAway ? 1 : 0;

    /// <summary>Notes what came of a post.</summary>
    public void Ended(Verdict verdict)
    {
        _isKnown = true;
        if (verdict is Verdict.Delivered)
        {
            _failures = 0;
            if (_isAway) _backAt ??= clock.GetTimestamp();
        }
        else if (verdict is Verdict.Failed or Verdict.TimedOut && ++_failures >= AwayAfter)
        {
            BeAway();
        }
    }

    private void BeAway()
    {
        if (!_isAway || _backAt is not null) (_posts, _countedAt) = (1, clock.GetTimestamp());
        (_isAway, _backAt) = (true, null);
    }

    private void Count()
    {
        if (!_isAway) return;
        if (_backAt is { } at && clock.GetElapsedTime(at) >= Lasts)
        {
            _isAway = false;
            return;
        }

        // What was not used for a while is not kept: it would be a herd of its own.
        var (now, rate) = (clock.GetTimestamp(), Rate);
        _posts = Math.Min(_posts + (rate * clock.GetElapsedTime(_countedAt, now).TotalSeconds), Math.Max(1, rate / 10));
        _countedAt = now;
    }
}
