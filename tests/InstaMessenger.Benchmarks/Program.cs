using System.CommandLine;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.References;
using InstaMessenger.Benchmarks.Rows;

if (args is [AcceptServer.Command, var file])
{
    await AcceptServer.RunAsync(file);
    return 0;
}

var only = new Option<string>("--only") { Description = $"Rows to run, with commas: "
    + $"{string.Join(',', AllRows.Names)}", DefaultValueFactory = _ => string.Join(',', AllRows.Names) };
var seconds =
    new Option<int>("--seconds") { Description = "How long the sustained rows last; shorter is noisier.", DefaultValueFactory = _ => 60 };
var command = new RootCommand("Measures InstaMessenger against references measured in the same run.") { only, seconds };
command.SetAction(async parsed =>
{
    await using var run = new BenchRun(parsed.GetValue(seconds));
    await AllRows.RunAsync(run, parsed.GetValue(only)!.Split(','));
    Table.Print(run.Lines);
    return run.Lines.TrueForAll(line => line.Ok) ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
