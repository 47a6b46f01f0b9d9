using System.Text.Json;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Members of a PATCH of which null and "left out" differ, so that the handler reads them itself: by the same rules as all others.
/// </summary>
public static class OptionalMember
{
    /// <summary>Whether the client gave it, be it as null.</summary>
    /// <param name="member">The member as it came.</param>
    /// <returns>False when it was left out.</returns>
    public static bool IsGiven(this JsonElement member) => member.ValueKind != JsonValueKind.Undefined;

    /// <summary>Reads a member.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="member">The member as it came.</param>
    /// <param name="name">Its name, as clients write it.</param>
    /// <param name="fault">Takes what is wrong with it: the name of the member, or of a part of it, and a sentence.</param>
    /// <returns>Its value; the default when it was left out, is null or is wrong.</returns>
    public static T? Read<T>(this JsonElement member, string name, Action<string, string> fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (member.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return default;
        try
        {
            return member.Deserialize<T>(ApiJson.Options);
        }
        catch (JsonException error)
        {
            var (part, why) = UnreadableBody.FaultOf(error);
            fault(name + part, why);
            return default;
        }
    }
}
