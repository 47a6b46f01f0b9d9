namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>
/// Walks through a file's parts while it comes, by the lengths that they announce, and so finds out whether it is whole. It keeps some
/// bytes at a time and decodes nothing: what would fill the memory once unpacked costs nothing here.
/// </summary>
public abstract class FileWalk
{
    /// <summary>Longer than any part's head.</summary>
    private const int LongestHead = 16;

    private readonly byte[] _head = new byte[LongestHead];
    private readonly Remains _remains = new();
    private int _wanted;
    private int _have;
    private long _skip;

    /// <summary>Begins with a head of so many bytes.</summary>
    /// <param name="first">The first part's head, in bytes.</param>
    private protected FileWalk(int first) => _wanted = first;

    /// <summary>Whether its last part was met. What comes behind it is no part of the file.</summary>
    private protected bool IsOver { get; set; }

    /// <summary>Whether something stood where a part should be.</summary>
    private protected bool IsBroken { get; set; }

    /// <summary>The last bytes so far.</summary>
    private protected Tail Tail { get; } = new();

    /// <summary>Whether the file may end here although no last part was met.</summary>
    private protected virtual bool MayEnd => false;

    /// <summary>How many bytes of the last part may be missing, because programs are known to leave them out.</summary>
    private protected virtual int Slack => 0;

    /// <summary>Makes the walk for files of a type.</summary>
    /// <param name="type">What the first bytes say.</param>
    /// <returns>The walk; null for types that are not sent.</returns>
    public static FileWalk? Of(MediaSignature type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.MimeType switch
        {
            "image/jpeg" => new JpegWalk(),
            "image/png" => new PngWalk(),
            "image/gif" => new GifWalk(),
            "video/mp4" or "video/quicktime" or "audio/mp4" => new BoxWalk(),
            "video/x-msvideo" or "audio/wav" => new RiffWalk(),
            "application/pdf" => new PdfWalk(),
            "video/webm" or "video/ogg" or "audio/aac" => new StreamWalk(),
            _ => null,
        };
    }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">In order, each once.</param>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Tail.Feed(bytes);
        while (!bytes.IsEmpty && !IsBroken)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
            }
            else if (IsOver)
            {
                _remains.Feed(bytes);
                return;
            }
            else
            {
                bytes = bytes[Take(bytes)..];
            }
        }
    }

    /// <summary>Judges the file, all of whose bytes were given.</summary>
    /// <returns>What it is.</returns>
    public FileEnd End()
    {
        var isWhole = IsOver ? _skip == 0 : MayEnd && (_have == 0 || Slack > 0) && _skip <= Slack;
        if (IsBroken || !isWhole) return FileEnd.CutOff;
        return _remains.IsAnotherFile || Tail.EndsAnArchive ? FileEnd.TwoFiles : FileEnd.Whole;
    }

    /// <summary>Takes as many bytes as it likes; overridden by what must look at each.</summary>
    private protected virtual int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(_wanted - _have, bytes.Length);
        bytes[..taken].CopyTo(_head.AsSpan(_have));
        _have += taken;
        if (_have < _wanted) return taken;
        var head = _head.AsSpan(0, _wanted);
        _have = 0;
        Step(head);
        return taken;
    }

    /// <summary>Reads a part's head, and says with <see cref="Next"/> what comes then.</summary>
    private protected abstract void Step(ReadOnlySpan<byte> head);

    /// <summary>Steps over bytes, then reads a head.</summary>
    private protected void Next(long skip, int wanted) => (_skip, _wanted) = (skip, wanted);
}

/// <summary>How a file ends.</summary>
public enum FileEnd
{
    /// <summary>With its last part, and behind it nothing that is a file of its own.</summary>
    Whole,

    /// <summary>Before its last part, or its parts make no sense.</summary>
    CutOff,

    /// <summary>With something behind it that is a page, a program or an archive.</summary>
    TwoFiles,
}
