namespace InstaMessenger.Hosting.Workers;

/// <summary>Another process has taken the lease meanwhile; nothing was written.</summary>
/// <param name="lease">The lease's name.</param>
public sealed class LeaseLostException(string lease) : Exception($"The lease {lease} is another process's now.");
