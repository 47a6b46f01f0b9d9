using System.Text.Json;

namespace InstaMessenger.Sender.Graph;

/// <summary>Meta's error object (meta-platform.md 4.3). Everything but the code is optional.</summary>
/// <param name="Code">Meta's code.</param>
/// <param name="Subcode">Its finer half.</param>
/// <param name="IsTransient">Whether Meta calls it passing.</param>
/// <param name="UserMessage">A sentence that Meta wrote for users.</param>
/// <param name="FbTraceId">What Meta's support asks for.</param>
internal sealed record GraphError(int Code, int? Subcode, bool IsTransient = false, string? UserMessage = null, string? FbTraceId = null)
{
    /// <summary>Reads the <c>error</c> member of an answer; null when there is none that can be read.</summary>
    public static GraphError? Of(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object) return null;
        if (Number(error, "code") is not { } code) return null;
        var transient = error.TryGetProperty("is_transient", out var flag) && flag.ValueKind == JsonValueKind.True;
        return new GraphError(code, Number(error, "error_subcode"), transient, Text(error, "error_user_msg", 300), Text(error, "fbtrace_id", 100));
    }

    private static int? Number(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static string? Text(JsonElement error, string name, int longest)
    {
        if (!error.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        var text = value.GetString()!;
        return text.Length <= longest ? text : text[..longest];
    }
}
