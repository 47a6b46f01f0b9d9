namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>The last bytes of a file that comes in pieces.</summary>
internal sealed class Tail
{
    private readonly byte[] _bytes = new byte[2048];
    private int _count;

    /// <summary>What was kept so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

    /// <summary>Whether an archive ends here: it is read from its end, whatever stands before it.</summary>
    public bool EndsAnArchive => Bytes.IndexOf("PK\x05\x06"u8) >= 0;

    /// <summary>Takes the next bytes, and keeps the last of all.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        var fresh = bytes[^Math.Min(bytes.Length, _bytes.Length)..];
        var kept = Math.Min(_count, _bytes.Length - fresh.Length);
        _bytes.AsSpan(_count - kept, kept).CopyTo(_bytes);
        fresh.CopyTo(_bytes.AsSpan(kept));
        _count = kept + fresh.Length;
    }
}
