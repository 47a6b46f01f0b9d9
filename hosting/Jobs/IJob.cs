namespace InstaMessenger.Hosting.Jobs;

/// <summary>A row that stands for a job of many parts.</summary>
public interface IJob
{
    /// <summary>From when on the next part is due (UTC); null when none is.</summary>
    DateTimeOffset? DueAt { get; }

    /// <summary>Has the next part wait.</summary>
    /// <param name="until">From when on it is due (UTC).</param>
    void PutOff(DateTimeOffset until);
}
