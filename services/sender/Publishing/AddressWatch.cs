using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Sender.Publishing;

/// <summary>
/// Tries the public address at start and from time to time, and says in words what is wrong with it: before somebody sends a file, and not
/// for each that is sent.
/// </summary>
internal sealed partial class AddressWatch(AddressTrial trial, IHostApplicationLifetime lifetime, ILogger<AddressWatch> logger) : Worker
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(10);

    private AddressFault? _told;

    public override string Name => "sender.public-address";

    public override TimeSpan Interval => TimeSpan.FromMinutes(10);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        if (!trial.IsNeeded) return NextRound.Never;
        // In one process the address is this process's own, which answers nobody before it has started.
        if (!lifetime.ApplicationStarted.IsCancellationRequested) return NextRound.Within(TimeSpan.FromSeconds(1));
        var found = await trial.FaultAsync(cancellationToken);
        var fault = trial.SureFault;
        if (found is null && _told is not null) LogRight(logger);
        if (fault is not null && fault != _told) LogWrong(logger, fault.Code, fault.Message, fault.NextStep);
        _told = fault;
        return found is null ? NextRound.WhenWoken : NextRound.Within(AgainAfter);
    }

    [LoggerMessage(
        EventName = "public_address.wrong", Level = LogLevel.Error, Message = "Uploads cannot be sent ({Code}). {What} {NextStep}")]
    private static partial void LogWrong(ILogger logger, string code, string what, string nextStep);

    [LoggerMessage(EventName = "public_address.right", Level = LogLevel.Information, Message = "Public:BaseUrl leads here again")]
    private static partial void LogRight(ILogger logger);
}
