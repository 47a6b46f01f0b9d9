using System.Diagnostics;

namespace InstaMessenger.Benchmarks.Processes;

/// <summary>Who used the processors since it was made: what a row's bar cannot say.</summary>
/// <param name="processes">Those asked about, by name.</param>
internal sealed class Cpu(IEnumerable<ProcessUnderTest> processes)
{
    private readonly List<(string Name, int Id, TimeSpan Before)> _processes =
    [
        .. processes.Select(process => (process.Name, process.Id, Used(process.Id))),
        ("generator", Environment.ProcessId, Used(Environment.ProcessId)),
    ];

    private readonly (TimeSpan Busy, TimeSpan All) _machine = Machine();

    /// <summary>
    /// Microseconds of processor time for each of <paramref name="count"/> things done; "others" is the broker and the kernel.
    /// </summary>
    public string Per(long count)
    {
        var used = _processes.ConvertAll(process => (process.Name, Time: Used(process.Id) - process.Before));
        var (busy, all) = Machine();
        var others = busy - _machine.Busy - used.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.Time);
        var parts = used.Append((Name: "others", Time: others))
            .Select(part => $"{part.Name} {part.Time.TotalMicroseconds / Math.Max(1, count):0}");
        return $"µs of processor each: {string.Join(", ", parts)}; processors {(busy - _machine.Busy) / (all - _machine.All):P0} busy";
    }

    /// <summary>Microseconds of the processes' own time for each of <paramref name="count"/> things done.</summary>
    public double OwnMicrosecondsPer(long count) => _processes.Where(process => process.Id != Environment.ProcessId)
        .Sum(process => (Used(process.Id) - process.Before).TotalMicroseconds) / Math.Max(1, count);

    private static TimeSpan Used(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    private static (TimeSpan Busy, TimeSpan All) Machine()
    {
        // cpu user nice system idle iowait irq softirq …, in hundredths of a second.
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(long.Parse).ToList();
        var all = ticks.Sum();
        return (TimeSpan.FromMilliseconds(10 * (all - ticks[3] - ticks[4])), TimeSpan.FromMilliseconds(10 * all));
    }
}
