using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Database;

/// <summary>How messages are written into outbox and dead-letter rows.</summary>
internal static class BusJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireIds } },
    };

    /// <summary>
    /// Requires every id, because a row of an older version may lack one. Read as a default id, it could never be published and would stop
    /// all behind it.
    /// </summary>
    private static void RequireIds(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => IsId(property.PropertyType))) property.IsRequired = true;
    }

    private static bool IsId(Type type) =>
        type.IsValueType && Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IStringId<>));
}
