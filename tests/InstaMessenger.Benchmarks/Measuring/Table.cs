namespace InstaMessenger.Benchmarks.Measuring;

/// <summary>Prints the table, as Markdown for <c>docs/performance.md</c>.</summary>
internal static class Table
{
    public static void Print(IEnumerable<Line> lines)
    {
        List<string[]> rows = [["what", "bar", "measured", "reference", "ratio", ""], .. lines.Select(Cells)];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            Console.WriteLine("| " + string.Join(" | ", rows[row].Select((cell, column) => cell.PadRight(widths[column]))) + " |");
            if (row == 0) Console.WriteLine("|" + string.Join("|", widths.Select(width => new string('-', width + 2))) + "|");
        }
    }

    private static string[] Cells(Line line) =>
    [
        line.What,
        line.Bar,
        line.Measured,
        line.Reference?.ToString("#,0") ?? "",
        line.Ratio?.ToString("0.00") ?? "",
        line.Ok ? "ok" : "NOT OK",
    ];
}
