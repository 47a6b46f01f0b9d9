using Microsoft.Extensions.Configuration;

namespace InstaMessenger.Hosting.Settings;

/// <summary>
/// A setting with several values: <c>A=one,two</c>, or one by one as <c>A:0=one</c>, <c>A:1=two</c>. Environment files and Compose have
/// only the first form.
/// </summary>
public static class SettingList
{
    /// <summary>Reads the values.</summary>
    /// <param name="name">The setting, like <c>Services:Store</c>.</param>
    /// <returns>
    /// The values without blanks around them, each with the name to blame when it is wrong; none when the setting is missing or empty.
    /// </returns>
    public static IReadOnlyList<(string Name, string Value)> Read(IConfiguration configuration, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(name);
        return [.. section.GetChildren().Prepend(section).SelectMany(Values)];
    }

    private static IEnumerable<(string Name, string Value)> Values(IConfigurationSection section) =>
        (section.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(value => (section.Path, value));
}
