using System.Buffers.Binary;

namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>JPEG: segments, each with its length, and the picture itself, which runs to the next marker.</summary>
internal sealed class JpegWalk() : FileWalk(first: 2)
{
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    private State _state = State.Start;
    private bool _isEscaped;

    private enum State
    {
        Start,
        Marker,
        Filler,
        Length,
        ScanLength,
        Scan,
    }

    private protected override int Take(ReadOnlySpan<byte> bytes) => _state == State.Scan ? Scan(bytes) : base.Take(bytes);

    private protected override void Step(ReadOnlySpan<byte> head)
    {
        switch (_state)
        {
            case State.Start:
                _state = State.Marker;
                Next(0, 2);
                break;
            case State.Marker when head[0] == 0xFF:
                Marker(head[1]);
                break;
            case State.Filler:
                Marker(head[0]);
                break;
            case State.Length or State.ScanLength when BinaryPrimitives.ReadUInt16BigEndian(head) is >= 2 and var length:
                _state = _state == State.ScanLength ? State.Scan : State.Marker;
                Next(length - 2, 2);
                break;
            default:
                IsBroken = true;
                break;
        }
    }

    private void Marker(byte code)
    {
        if (code == EndOfImage)
        {
            IsOver = true;
        }
        else if (code is 0x01 or (>= 0xD0 and <= 0xD7))
        {
            // Markers without a segment.
            _state = State.Marker;
            Next(0, 2);
        }
        else if (code == 0xFF)
        {
            // Any number of them may stand before a marker.
            _state = State.Filler;
            Next(0, 1);
        }
        else if (code is 0x00 or 0xD8)
        {
            IsBroken = true;
        }
        else
        {
            _state = code == StartOfScan ? State.ScanLength : State.Length;
            Next(0, 2);
        }
    }

    /// <summary>Looks for the next marker; 0xFF in the picture itself is followed by 0 or by a restart marker.</summary>
    private int Scan(ReadOnlySpan<byte> bytes)
    {
        if (!_isEscaped)
        {
            var at = bytes.IndexOf((byte)0xFF);
            if (at < 0) return bytes.Length;
            _isEscaped = true;
            return at + 1;
        }

        if (bytes[0] == 0xFF) return 1;
        _isEscaped = false;
        if (bytes[0] is not (0x00 or (>= 0xD0 and <= 0xD7))) Marker(bytes[0]);
        return 1;
    }
}
