namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>PDF: read from its end, where a word says that it is one.</summary>
internal sealed class PdfWalk() : FileWalk(first: 5)
{
    private readonly byte[] _tail = new byte[2048];
    private int _count;

    private protected override bool MayEnd
    {
        get
        {
            var tail = _tail.AsSpan(0, _count);
            // An archive is read from its end too: with both there it is two files.
            return tail.IndexOf("%%EOF"u8) >= 0 && tail.IndexOf("PK\x05\x06"u8) < 0;
        }
    }

    private protected override int Take(ReadOnlySpan<byte> bytes)
    {
        var fresh = bytes[^Math.Min(bytes.Length, _tail.Length)..];
        var kept = Math.Min(_count, _tail.Length - fresh.Length);
        _tail.AsSpan(_count - kept, kept).CopyTo(_tail);
        fresh.CopyTo(_tail.AsSpan(kept));
        _count = kept + fresh.Length;
        return bytes.Length;
    }

    private protected override void Step(ReadOnlySpan<byte> head)
    {
    }
}
