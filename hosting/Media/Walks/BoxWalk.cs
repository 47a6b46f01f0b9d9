using System.Buffers.Binary;

namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>MP4, MOV and M4A: boxes, each with its length. One says what is in the file, another holds it.</summary>
internal sealed class BoxWalk() : FileWalk(first: 8)
{
    private bool _isLong;
    private bool _hasIndex;
    private bool _hasMedia;
    private bool _runsToTheEnd;

    private protected override bool MayEnd => _hasIndex && _hasMedia;

    private protected override int Take(ReadOnlySpan<byte> bytes) => _runsToTheEnd ? bytes.Length : base.Take(bytes);

    private protected override void Step(ReadOnlySpan<byte> head)
    {
        if (_isLong)
        {
            _isLong = false;
            Skip(BinaryPrimitives.ReadInt64BigEndian(head), head: 16);
            return;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        var name = head[4..8];
        IsBroken = name.ContainsAnyExceptInRange((byte)' ', (byte)'~') && name[0] != 0xA9;
        _hasIndex |= name.SequenceEqual("moov"u8) || name.SequenceEqual("moof"u8);
        _hasMedia |= name.SequenceEqual("mdat"u8);
        _isLong = length == 1;
        _runsToTheEnd = length == 0;
        if (_isLong || _runsToTheEnd) Next(0, 8);
        else Skip(length, head: 8);
    }

    private void Skip(long length, int head)
    {
        IsBroken |= length < head;
        Next(Math.Max(0, length - head), 8);
    }
}
