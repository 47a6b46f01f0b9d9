using System.Text;
using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>The beginning of what a CRM answered, for people who look for what is wrong with it.</summary>
internal static class AnswerText
{
    /// <summary>A body that drips is not waited for: the answer has come, and the slot is another's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads at most <see cref="DeliveryAttempt.MostAnswer"/> bytes; what cannot be read in time is left out.</summary>
    /// <returns>Null when there is no body, or one that is no text.</returns>
    public static async Task<string?> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0) return null;
        var (bytes, length) = (new byte[DeliveryAttempt.MostAnswer], 0);
        // In real time, because it spares a socket; no rule of the product depends on it.
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(end.Token);
            while (length < bytes.Length && await body.ReadAsync(bytes.AsMemory(length), end.Token) is var read && read > 0) length += read;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException)
        {
            // It broke off, or took too long. What came is kept, and the status stands.
        }

        return length == 0 ? null : TextOf(bytes.AsSpan(0, length));
    }

    private static string? TextOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0)) return null;
        // A character that was cut in two at the end is left out, and what is no UTF-8 is marked as such. A mark is one character for one
        // byte or more, so the text is never longer than its bytes.
        var text = Encoding.UTF8.GetString(bytes).TrimEnd('\uFFFD');
        return text.Length == 0 ? null : text;
    }
}
