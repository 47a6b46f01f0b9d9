namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>What a test measured, in the output of its run.</summary>
internal static class Figures
{
    public static void Print(string figures)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        TestContext.Current.SendDiagnosticMessage("{0}", figures);
    }

    /// <summary>A number of the environment's, for longer runs than the usual one.</summary>
    public static int Setting(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), out var set) ? set : usual;

    /// <summary>The value below which so many percent lie; 0 of none.</summary>
    public static double Percentile(IEnumerable<double> values, double percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * percent / 100))];
    }
}
