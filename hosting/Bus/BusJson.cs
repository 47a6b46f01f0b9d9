using System.Text.Json;

namespace InstaMessenger.Hosting.Bus;

/// <summary>How messages are written into outbox and dead-letter rows.</summary>
internal static class BusJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
}
