namespace InstaMessenger.Hosting.Security;

/// <summary>
/// The outbound guard does not let a request go where it wants to. Permanent: the same URL is refused again, so it is never retried.
/// </summary>
/// <param name="message">Why; names no address that was found, because the text may reach whoever stored the URL.</param>
public sealed class OutboundRefusedException(string message) : Exception(message)
{
    /// <summary>Says whether a failed request was refused by the guard, however deep <see cref="HttpClient"/> wrapped it.</summary>
    /// <param name="error">The error of the request.</param>
    /// <returns>Whether the guard refused it.</returns>
    public static bool Caused(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is OutboundRefusedException) return true;
        }

        return false;
    }
}
