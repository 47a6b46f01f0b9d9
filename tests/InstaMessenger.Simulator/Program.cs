using InstaMessenger.Simulator;

await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.From(args));
Console.WriteLine($"Simulator: {simulator.BaseAddress} (webhooks go to {simulator.Meta.Webhooks.CallbackUrl})");
await simulator.WaitForShutdownAsync();
