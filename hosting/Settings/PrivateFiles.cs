using System.Runtime.InteropServices;

namespace InstaMessenger.Hosting.Settings;

/// <summary>
/// Makes what the process writes to a disk readable for its own user alone: folders 0700, files 0600. It holds customers' messages, and the
/// log beside a database or the key ring is made by libraries that are not asked one by one.
/// </summary>
internal static class PrivateFiles
{
    /// <summary>Nothing for the group, nothing for others.</summary>
    private const uint OwnerOnly = 0b000_111_111;

    /// <summary>Takes effect for the whole process. Call it before the first file is made.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows()) _ = Umask(OwnerOnly);
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint Umask(uint mask);
}
