using System.Buffers.Binary;

namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>AVI and WAV: one chunk with its length, several in long films. What records while it writes leaves the length open.</summary>
internal sealed class RiffWalk() : FileWalk(first: 8)
{
    private bool _isOpen;
    private bool _isBehindFirst;

    private protected override bool MayEnd => _isOpen || _isBehindFirst;

    /// <summary>The byte that fills up an odd length.</summary>
    private protected override int Slack => 1;

    private protected override int Take(ReadOnlySpan<byte> bytes) => _isOpen ? bytes.Length : base.Take(bytes);

    private protected override void Step(ReadOnlySpan<byte> head)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        _isOpen = length is 0 or uint.MaxValue || !head.StartsWith("RIFF"u8);
        _isBehindFirst = true;
        // Chunks begin at even places.
        Next(_isOpen ? 0 : length + (length & 1), 8);
    }
}
