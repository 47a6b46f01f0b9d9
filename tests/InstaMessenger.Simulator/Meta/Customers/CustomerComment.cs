namespace InstaMessenger.Simulator.Meta.Customers;

/// <summary>A comment of a customer on a post of the account.</summary>
internal sealed class CustomerComment(Customer author, DateTimeOffset at)
{
    private int _answered;

    public Customer Author => author;

    /// <summary>Whether Meta takes a private reply: within 7 days.</summary>
    public bool IsRecent(DateTimeOffset now) => now - at <= TimeSpan.FromDays(7);

    public bool IsAnswered => Volatile.Read(ref _answered) == 1;

    /// <summary>Takes the one private reply.</summary>
    public bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;
}
