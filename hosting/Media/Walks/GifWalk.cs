namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>GIF: blocks, made of sub-blocks that begin with their length.</summary>
internal sealed class GifWalk() : FileWalk(first: 13)
{
    private const byte Extension = 0x21;
    private const byte Image = 0x2C;
    private const byte Trailer = 0x3B;

    private State _state = State.Screen;

    private enum State
    {
        Screen,
        Block,
        Label,
        Descriptor,
        CodeSize,
        SubBlock,
    }

    private protected override void Step(ReadOnlySpan<byte> head)
    {
        switch (_state)
        {
            case State.Screen:
                Go(State.Block, Colours(head[10]), 1);
                break;
            case State.Block when head[0] == Extension:
                Go(State.Label, 0, 1);
                break;
            case State.Block when head[0] == Image:
                Go(State.Descriptor, 0, 9);
                break;
            case State.Block when head[0] == Trailer:
                IsOver = true;
                break;
            case State.Descriptor:
                Go(State.CodeSize, Colours(head[8]), 1);
                break;
            case State.Label or State.CodeSize:
                Go(State.SubBlock, 0, 1);
                break;
            case State.SubBlock:
                Go(head[0] == 0 ? State.Block : State.SubBlock, head[0], 1);
                break;
            default:
                IsBroken = true;
                break;
        }
    }

    /// <summary>The bytes of a table of colours, if the flags announce one.</summary>
    private static int Colours(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 0x07) + 1);

    private void Go(State state, int skip, int wanted)
    {
        _state = state;
        Next(skip, wanted);
    }
}
