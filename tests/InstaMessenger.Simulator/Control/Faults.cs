using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.Simulator.Control;

/// <summary><c>POST /control/faults</c>, <c>DELETE /control/faults</c>.</summary>
internal static class Faults
{
    public static void MapFaults(this IEndpointRouteBuilder control, MetaStandIn meta)
    {
        control.MapPost("/faults", (Plan plan) =>
        {
            var fault = plan.Preset is { } name
                ? Fault.Presets.GetValueOrDefault(name)
                    ?? throw new BadHttpRequestException($"No preset '{name}'; there are {string.Join(", ", Fault.Presets.Keys)}.")
                : plan.Fault ?? throw new BadHttpRequestException("Give a preset or a fault.");
            var calls = plan.On switch
            {
                Calls.Send => meta.SendFaults,
                Calls.Account => meta.AccountFaults,
                _ => meta.OtherFaults,
            };
            if (plan.Probability is { } probability) calls.Chance(fault, probability, plan.Seed, plan.Account);
            else calls.Next(fault, plan.Times, plan.Account);
            return Results.NoContent();
        });
        control.MapDelete("/faults", () =>
        {
            meta.SendFaults.Clear();
            meta.OtherFaults.Clear();
            meta.AccountFaults.Clear();
            return Results.NoContent();
        });
    }

    internal enum Calls
    {
        Send,
        Other,
        Account,
    }

    /// <summary>The next <c>Times</c> calls, or with <c>Probability</c> any number of calls.</summary>
    internal sealed record Plan(
        string? Preset, Fault? Fault, string? Account, double? Probability, int Seed = 1, int Times = 1, Calls On = Calls.Send);
}
