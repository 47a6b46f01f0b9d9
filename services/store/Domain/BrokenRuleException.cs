namespace InstaMessenger.Store.Domain;

/// <summary>A rule of the domain would be broken. The callers check first, so this is a bug of theirs, never a user's mistake.</summary>
internal sealed class BrokenRuleException(string rule) : InvalidOperationException(rule);
