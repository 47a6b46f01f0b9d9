namespace InstaMessenger.Hosting.Settings;

/// <summary>A folder that a setting names and that the process must be able to write.</summary>
public static class WritableFolder
{
    /// <summary>Makes the folder, for its owner alone, and tries to write in it.</summary>
    /// <param name="setting">The setting's name, for the sentence.</param>
    /// <param name="path">The folder.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="SettingException">It cannot be made or written.</exception>
    public static DirectoryInfo Open(string setting, string path)
    {
        try
        {
            var folder = Directory.CreateDirectory(path);
            // A random name, so that no other process has the same file open.
            var trial = Path.Combine(folder.FullName, Path.GetRandomFileName());
            using (new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SettingException($"{setting} ({path}) is no folder that can be written: {error.Message}", error);
        }
    }
}
