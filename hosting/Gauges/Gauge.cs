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
    public Gauge(string name, string unit, string description)
    {
        Name = name;
        Metrics.Meter.CreateObservableGauge(name, Observe, unit, description);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    private IEnumerable<Measurement<double>> Observe()
    {
        foreach (var worker in GaugeWorker.OfThisProcess)
        {
            if (worker.Read(this) is { } value)
                yield return new Measurement<double>(value, new KeyValuePair<string, object?>("database", worker.Database));
        }
    }
}
