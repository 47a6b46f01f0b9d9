using System.Diagnostics.Metrics;
using InstaMessenger.Hosting.Telemetry;

namespace InstaMessenger.Hosting.Gauges;

/// <summary>
/// A figure of the present state, like how many rows wait. A <see cref="GaugeWorker"/> reads it now and then, so that whoever fetches the
/// metrics waits for no database.
/// </summary>
public sealed class Gauge
{
    /// <summary>Makes the instrument; once for each name.</summary>
    /// <param name="name">Lower case with dots, like <c>outbox.backlog</c>.</param>
    /// <param name="unit">Like <c>s</c> or <c>{row}</c>.</param>
    /// <param name="description">What the gauge says.</param>
    /// <param name="label">What each of several figures is of, like <c>account_id</c>; null for one figure.</param>
    public Gauge(string name, string unit, string description, string? label = null)
    {
        (Name, Label) = (name, label);
        Metrics.Meter.CreateObservableGauge(name, Observe, unit, description);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What each of several figures is of; null for one figure.</summary>
    public string? Label { get; }

    private IEnumerable<Measurement<double>> Observe()
    {
        foreach (var worker in GaugeWorker.OfThisProcess)
        {
            var database = new KeyValuePair<string, object?>("database", worker.Database);
            foreach (var (of, value) in worker.ReadAll(this))
                yield return Label is null ? new(value, database) : new(value, database, new(Label, of));
        }
    }
}
