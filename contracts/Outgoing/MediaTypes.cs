namespace InstaMessenger.Contracts.Outgoing;

/// <summary>The words for media, the same in webhooks, in our API and in calls of the Send API.</summary>
public static class MediaTypes
{
    /// <summary>JPEG, PNG or GIF.</summary>
    public const string Image = "image";

    /// <summary>MP4, OGG, AVI, MOV or WebM.</summary>
    public const string Video = "video";

    /// <summary>AAC, M4A, WAV or MP4.</summary>
    public const string Audio = "audio";

    /// <summary>PDF.</summary>
    public const string File = "file";

    /// <summary>All four words.</summary>
    public static IReadOnlyList<string> All { get; } = [Image, Video, Audio, File];
}
