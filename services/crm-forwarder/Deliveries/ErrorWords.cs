namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Says in a sentence what went wrong with an attempt.</summary>
internal static class ErrorWords
{
    /// <param name="error">The code; null when nothing did.</param>
    /// <param name="status">The HTTP status, when there was an answer.</param>
    public static string? Of(string? error, int? status) => error switch
    {
        null => null,
        "timeout" => "It did not answer within 15 seconds.",
        "gone" => "It answered 410: it wants no more. A delivery that is answered so disables it.",
        "http_status" when status is >= 300 and < 400 => $"It answered {status}: redirects are not followed, give the final address.",
        "http_status" => $"It answered {status}; 200 to 299 is success.",
        "address_refused" => "Its address leads where nothing may be posted to.",
        "secret_unreadable" => "Its secret cannot be decrypted with the key ring of this installation.",
        "headers_invalid" => "One of its headers cannot be sent: give its headers again.",
        "name_resolution_error" => "Its host name cannot be resolved.",
        "connection_error" => "No connection could be made.",
        "secure_connection_error" => "No TLS connection could be made: its certificate is not trusted, or it does not speak TLS.",
        "connection_lost" or "response_ended" => "The connection ended before it answered.",
        "access_lost" => "Who made the endpoint does not see its account any more.",
        "account_unlinked" => "Its account was unlinked before it was posted.",
        _ => $"It failed: {error.Replace('_', ' ')}.",
    };
}
