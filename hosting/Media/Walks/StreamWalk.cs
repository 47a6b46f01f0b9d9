namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>WebM, OGG and AAC: made to be played while they come, so they may end anywhere. Only what ends them is looked at.</summary>
internal sealed class StreamWalk() : FileWalk(first: 1)
{
    private protected override bool MayEnd => true;

    private protected override int Take(ReadOnlySpan<byte> bytes) => bytes.Length;

    private protected override void Step(ReadOnlySpan<byte> head)
    {
    }
}
