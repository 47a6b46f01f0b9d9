namespace InstaMessenger.Hosting.Settings;

/// <summary>A setting that the process cannot start with. Its message is one sentence for the operator that names the setting.</summary>
/// <param name="message">Names the setting, what is wrong with it and what to do; never the value of a secret.</param>
/// <param name="inner">The error that showed it; null when we found it ourselves.</param>
public sealed class SettingException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
