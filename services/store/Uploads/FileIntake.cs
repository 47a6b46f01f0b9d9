using System.Globalization;
using System.Security.Cryptography;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Media.Walks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Uploads;

/// <summary>
/// Writes a client's file into the media storage while it comes. Its bytes tell what kind of file it is. One that Instagram would refuse is
/// refused, and nothing of it is kept. No more than its first 64 KiB are in memory.
/// </summary>
internal sealed partial class FileIntake(IMediaStore store, ILogger<FileIntake> logger)
{
    private const long MiB = 1024 * 1024;

    /// <summary>Meta's limits (Send API, "Media specifications").</summary>
    private const long MostOfPicture = 8 * MiB;

    private const long MostOfOthers = 25 * MiB;

    /// <summary>Takes a file.</summary>
    /// <param name="content">Read to its end, or to where it is refused.</param>
    /// <param name="declared">The type that the client gave it; null for none.</param>
    /// <param name="cancellationToken">Gives up; nothing is kept then.</param>
    /// <returns>The file, or why it was refused.</returns>
    public async Task<(ReceivedFile? File, ProblemHttpResult? Problem)> TakeAsync(
        Stream content, string? declared, CancellationToken cancellationToken)
    {
        await using var body = new CountedStream(content, MostOfOthers);
        var head = await body.PeekAsync(Pictures.HeadBytes, cancellationToken);
        if (head.Length == 0) return (null, Refuse(422, "empty_file", "It has no bytes."));
        var (type, wrong) = TypeOf(head.Span, declared);
        if (wrong is not null) return (null, wrong);
        body.Most = type!.MediaType == MediaTypes.Image ? MostOfPicture : MostOfOthers;
        var pixels = type.MediaType == MediaTypes.Image ? Pictures.SizeOf(head.Span) : null;
        if (type.MediaType == MediaTypes.Image && RefusalOf(pixels) is { } unfit) return (null, unfit);
        return await WriteAsync(body, head, type, pixels, cancellationToken);
    }

    private async Task<(ReceivedFile? File, ProblemHttpResult? Problem)> WriteAsync(
        CountedStream body,
        ReadOnlyMemory<byte> head,
        MediaSignature type,
        (int Width, int Height)? pixels,
        CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var walk = FileWalk.Of(type);
        Look(head);
        body.Sees = Look;
        var file = MediaFile.New();
        long size;
        try
        {
            size = await store.WriteAsync(file, body, cancellationToken);
        }
        catch (Exception) when (body.IsTooLarge)
        {
            return (null, Refuse(
                413, "payload_too_large", $"More than {body.Most / MiB} MiB; Instagram takes no larger {type.MediaType}."));
        }
        catch (Exception error) when (body.Fault is null && !cancellationToken.IsCancellationRequested)
        {
            LogNotStored(logger, error);
            return (null, Problems.Of(
                503, "media_storage_unavailable", "The media storage takes no file just now; nothing was kept. Try again."));
        }

        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        var received = new ReceivedFile(file, type, size, sha256, pixels?.Width, pixels?.Height, store);
        if (RefusalOf(walk?.End()) is not { } refusal) return (received, null);
        await received.DisposeAsync();
        return (null, refusal);

        void Look(ReadOnlyMemory<byte> bytes)
        {
            hash.AppendData(bytes.Span);
            walk?.Feed(bytes.Span);
        }
    }

    private static (MediaSignature? Type, ProblemHttpResult? Wrong) TypeOf(ReadOnlySpan<byte> head, string? declared)
    {
        var isSound = declared?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) == true;
        var type = MediaSignature.Of(head, isSound ? MediaTypes.Audio : null);
        if (type is not { IsSendable: true }) return (null, Refuse(
            415,
            "type_not_allowed",
            $"Its bytes are {type?.MimeType ?? "of no type that is known here"}. Instagram takes JPEG, PNG and GIF; MP4, OGG, AVI, MOV and "
                + "WebM as video; AAC, M4A, WAV and MP4 as audio; PDF."));
        return type.Is(declared) ? (type, null) : (null, Refuse(
            422, "type_mismatch", $"It is said to be {Printable(declared!)}, and its bytes are {type.MimeType}. Give that type, or none."));
    }

    private static ProblemHttpResult? RefusalOf((int Width, int Height)? pixels)
    {
        if (pixels is not var (width, height)) return Refuse(422, "file_unreadable", "It begins like a picture and is none.");
        return (long)width * height <= Pictures.MostPixels ? null : Refuse(
            422,
            "too_many_pixels",
            string.Create(CultureInfo.InvariantCulture, $"It has {width} x {height} pixels; at most {Pictures.MostPixels} are taken."));
    }

    private static ProblemHttpResult? RefusalOf(FileEnd? end) => end switch
    {
        FileEnd.CutOff => Refuse(422, "file_truncated", "It is cut off, or its parts make no sense."),
        FileEnd.TwoFiles => Refuse(415, "type_not_allowed", "Behind its end stands a page, a program or an archive."),
        _ => null,
    };

    private static ProblemHttpResult Refuse(int status, string code, string why) =>
        Problems.Wrong(status, code, "The file is not taken: see errors.", (UploadForm.FileField, why));

    [LoggerMessage(
        EventName = "upload.not_stored", Level = LogLevel.Error, Message = "An upload was refused: the media storage did not take it")]
    private static partial void LogNotStored(ILogger logger, Exception error);

    /// <summary>A client's text in an answer of ours: short, and of letters that end no line.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Take(100).Select(letter => char.IsAsciiLetterOrDigit(letter) || "/+-.".Contains(letter) ? letter : '?'));
}
