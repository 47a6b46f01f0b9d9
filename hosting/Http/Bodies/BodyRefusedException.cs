using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>The rest of a body is awaited no longer: 408 when its time is over, 503 when too many bytes are held already.</summary>
/// <param name="message">A sentence for the client.</param>
internal sealed class BodyRefusedException(int statusCode, string message) : BadHttpRequestException(message, statusCode);
