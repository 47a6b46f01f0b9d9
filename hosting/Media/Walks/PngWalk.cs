using System.Buffers.Binary;

namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>PNG: chunks, each with its length and a checksum.</summary>
internal sealed class PngWalk() : FileWalk(first: 8)
{
    private const int Checksum = 4;
    private bool _isBehindSignature;

    private protected override void Step(ReadOnlySpan<byte> head)
    {
        if (!_isBehindSignature)
        {
            _isBehindSignature = true;
            Next(0, 8);
            return;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        IsOver = head[4..].SequenceEqual("IEND"u8);
        IsBroken = length > int.MaxValue;
        Next(length + Checksum, 8);
    }
}
