namespace InstaMessenger.Hosting.Logs;

/// <summary>A scope of the log: all lines inside belong to one request.</summary>
internal interface IRequestScope
{
    /// <summary>Its <c>X-Request-Id</c>.</summary>
    string RequestId { get; }
}
