using Microsoft.Extensions.Configuration;

namespace InstaMessenger.Hosting.Settings;

/// <summary>The folder of everything that a process keeps on disk: <c>Data:Directory</c>, by default <c>./data</c>.</summary>
public static class DataDirectory
{
    private const string Setting = "Data:Directory";

    /// <summary>The folder, which may not be there: a service whose database is elsewhere has nothing to keep.</summary>
    /// <param name="configuration">Holds <c>Data:Directory</c>.</param>
    /// <returns>Its full path.</returns>
    public static string Where(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return System.IO.Path.GetFullPath(configuration[Setting] is { Length: > 0 } set ? set : "data");
    }

    /// <summary>The folder, made when it is not there.</summary>
    /// <param name="configuration">Holds <c>Data:Directory</c>.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="SettingException">It cannot be made or written.</exception>
    public static string Path(IConfiguration configuration) => WritableFolder.Open(Setting, Where(configuration)).FullName;

    /// <summary>A file in the folder.</summary>
    /// <param name="configuration">Holds <c>Data:Directory</c>.</param>
    /// <param name="name">The file's name.</param>
    /// <returns>Its full path.</returns>
    public static string File(IConfiguration configuration, string name) => System.IO.Path.Combine(Path(configuration), name);
}
