namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// The lanes of all endpoints with something to do, and which of them may post. They take turns, so that a busy one does not keep the
/// others from the slots. Slow ones do not either: a post that takes longer than a second no longer counts among those that the others wait
/// for, endpoints that have not shown that they answer share a part of the slots, one for each, and nobody's endpoints have all of them.
/// </summary>
/// <param name="options">The bounds.</param>
/// <param name="clock">Tells how long a post is under way.</param>
internal sealed class LaneSet(DeliveryOptions options, TimeProvider clock)
{
    private static readonly TimeSpan QuickFor = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Lane> _lanes = [];
    private readonly List<Lane> _turns = [];
    private readonly Dictionary<string, int> _perTenant = [];
    private readonly Dictionary<string, int> _quickPerOwner = [];
    private readonly Dictionary<string, int> _trialsPerOwner = [];

    /// <summary>Quick posts, oldest first; some may be over.</summary>
    private readonly Queue<Post> _young = [];
    private int _turn;
    private int _quick;
    private int _quickOnTrial;

    public int InFlight { get; private set; }

    public IEnumerable<Lane> WantingPage => _turns.Where(lane => lane.WantsPage);

    public IEnumerable<Lane> Yielded => _turns.Where(lane => lane.HasYielded);

    /// <summary>How long until a lane that is kept back by its rate alone may post; null when there is none.</summary>
    public TimeSpan? RateWait => _turns.Min(lane => lane.RateWait);

    public Lane Of(string endpointId)
    {
        if (_lanes.TryGetValue(endpointId, out var lane)) return lane;
        lane = _lanes[endpointId] = new Lane(endpointId, options.MostPerEndpoint, clock);
        _turns.Add(lane);
        return lane;
    }

    /// <summary>Begins the next post that may start, of the lane whose turn it is; returns null when none may.</summary>
    /// <param name="claim">The process's own claim; what was read under another one is not posted.</param>
    public Post? TryBegin(string claim)
    {
        Age();
        for (var tried = 0; tried < _turns.Count && _quick < options.Most; tried++)
        {
            _turn = (_turn + 1) % _turns.Count;
            var lane = _turns[_turn];
            if (lane.Target is { } target && target.Claim == claim && HasPlace(lane, target) && lane.TryTake(out var delivery))
                return Begin(new Post(lane, delivery, target, clock.GetTimestamp()));
        }

        return null;
    }

    /// <summary>Ends a post; there is no result when it was cut off.</summary>
    public void Finished(Post post, AttemptResult? result)
    {
        InFlight--;
        Leave(_perTenant, post.Target.Tenant);
        LeavePlace(post);
        post.Lane.Finished(post.Delivery, result);
    }

    /// <summary>Drops what all lanes have read ahead, because this process may own none of its endpoints any more.</summary>
    public void DropAll()
    {
        foreach (var lane in _turns) lane.Drop();
    }

    /// <summary>Reads anew of endpoints that were changed, or that are not posted to any more.</summary>
    /// <param name="changed">The endpoints with something pending, and when each was changed last.</param>
    public void Check(IReadOnlyDictionary<string, DateTimeOffset> changed)
    {
        foreach (var lane in _turns) lane.Check(changed.TryGetValue(lane.EndpointId, out var at) ? at : null);
    }

    /// <summary>Forgets lanes without work, so that memory follows the endpoints that are busy and not those that ever were.</summary>
    public void Prune() => _turns.RemoveAll(lane => lane.IsIdle && _lanes.Remove(lane.EndpointId));

    private bool HasPlace(Lane lane, DeliveryTarget target) =>
        (target.Proven || HasTrial(target)) && _perTenant.GetValueOrDefault(target.Tenant) < options.MostPerAccount
        && (_quick < options.Most / 2 || lane.Quick < FairShare)
        && (target.Owner is not { } owner || _quickPerOwner.GetValueOrDefault(owner) < options.MostPerOwner);

    private bool HasTrial(DeliveryTarget target) => _quickOnTrial < options.MostOnTrial
        && (target.Owner is not { } owner || _trialsPerOwner.GetValueOrDefault(owner) < options.MostOnTrialPerOwner);

    /// <summary>
    /// Half of the places are for whoever comes first. Of the other half nobody takes more than their share: endpoints that answer slowly,
    /// but in less than a second, would hold all of them most of the time.
    /// </summary>
    private int FairShare => Math.Max(1, options.Most / _turns.Count);

    private Post Begin(Post post)
    {
        InFlight++;
        _quick++;
        post.Lane.Quick++;
        if (post.OnTrial) _quickOnTrial++;
        Enter(_perTenant, post.Target.Tenant);
        if (post.Target.Owner is { } owner)
        {
            Enter(_quickPerOwner, owner);
            if (post.OnTrial) Enter(_trialsPerOwner, owner);
        }

        _young.Enqueue(post);
        return post;
    }

    /// <summary>Takes the places of posts that turn out to be slow.</summary>
    private void Age()
    {
        while (_young.TryPeek(out var oldest) && (!oldest.IsQuick || clock.GetElapsedTime(oldest.Began) >= QuickFor))
            LeavePlace(_young.Dequeue());
    }

    private void LeavePlace(Post post)
    {
        if (!post.IsQuick) return;
        post.IsQuick = false;
        _quick--;
        post.Lane.Quick--;
        if (post.OnTrial) _quickOnTrial--;
        if (post.Target.Owner is not { } owner) return;
        Leave(_quickPerOwner, owner);
        if (post.OnTrial) Leave(_trialsPerOwner, owner);
    }

    private static void Enter(Dictionary<string, int> posts, string whose) => posts[whose] = posts.GetValueOrDefault(whose) + 1;

    private static void Leave(Dictionary<string, int> posts, string whose)
    {
        if (--posts[whose] == 0) posts.Remove(whose);
    }
}
