using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Moves dead letters that the database refused from their files into the database once it takes them, after a change of its settings. Each
/// process has its own files.
/// </summary>
internal sealed partial class SetAsideIntake<TContext>(
    IUnitOfWork<TContext> unitOfWork, SetAsideFiles<TContext> files, ILogger<SetAsideIntake<TContext>> logger) : Worker
    where TContext : ServiceDbContext
{
    public override string Name { get; } = DatabaseSetup.WorkerName<TContext>("set-aside-intake");

    public override TimeSpan Interval => TimeSpan.FromSeconds(10);

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var path in files.Paths)
        {
            try
            {
                var letter = await SetAsideFiles<TContext>.ReadAsync(path, cancellationToken);
                await unitOfWork.ExecuteAsync(scope => SetAside<TContext>.AddAsync(scope.Db, letter), cancellationToken);
                File.Delete(path);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogStillRefused(logger, error, Path.GetFileName(path));
            }
        }

        return NextRound.WhenWoken;
    }

    [LoggerMessage(
        EventName = "dead_letter.still_refused",
        Level = LogLevel.Warning,
        Message = "The database still does not take the dead letter in {File}")]
    private static partial void LogStillRefused(ILogger logger, Exception error, string file);
}
