using System.Diagnostics;

namespace InstaMessenger.Hosting.Telemetry;

/// <summary>The product's own spans, between those of ASP.NET Core, MassTransit and HttpClient.</summary>
public static class ActivityNames
{
    /// <summary>The name of the source, for exporters and tests.</summary>
    public const string SourceName = "InstaMessenger";

    /// <summary>Starts the product's spans.</summary>
    public static readonly ActivitySource Source = new(SourceName);
}
