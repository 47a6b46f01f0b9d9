namespace InstaMessenger.Hosting.Logs;

/// <summary>Lets a number of lines through in each minute, and counts the others.</summary>
/// <param name="linesAMinute">How many lines a minute it lets through.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class LineBudget(int linesAMinute, TimeProvider clock)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _began = clock.GetTimestamp();
    private int _written;
    private int _leftOut;

    /// <summary>Whether to write a line.</summary>
    /// <param name="leftOut">How many were left out in the minutes before; told once.</param>
    public bool MayWrite(out int leftOut)
    {
        lock (_gate)
        {
            leftOut = 0;
            if (clock.GetElapsedTime(_began) >= Minute) (_began, _written) = (clock.GetTimestamp(), 0);
            if (_written >= linesAMinute)
            {
                _leftOut++;
                return false;
            }

            _written++;
            (leftOut, _leftOut) = (_leftOut, 0);
            return true;
        }
    }
}
