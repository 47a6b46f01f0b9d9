using System.Diagnostics;
using System.Reflection;

namespace InstaMessenger.Hosting.Logs;

/// <summary>Where an error came from, for libraries whose own mistakes are of no type of theirs.</summary>
internal static class StackOrigin
{
    /// <summary>Whether a library had a part in throwing the error.</summary>
    public static bool CameOutOf(this Exception error, Assembly library) =>
        Array.Exists(new StackTrace(error).GetFrames(), frame => frame.GetMethod()?.DeclaringType?.Assembly == library);
}
