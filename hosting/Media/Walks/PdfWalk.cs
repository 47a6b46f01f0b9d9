namespace InstaMessenger.Hosting.Media.Walks;

/// <summary>PDF: read from its end, where a word says that it is one.</summary>
internal sealed class PdfWalk() : FileWalk(first: 5)
{
    private protected override bool MayEnd => Tail.Bytes.IndexOf("%%EOF"u8) >= 0;

    private protected override int Take(ReadOnlySpan<byte> bytes) => bytes.Length;

    private protected override void Step(ReadOnlySpan<byte> head)
    {
    }
}
