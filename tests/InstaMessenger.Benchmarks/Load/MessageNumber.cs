using System.Buffers.Text;
using System.Text;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>The number of a message, hidden in its <c>mid</c>, by which it is recognised wherever it comes out.</summary>
internal static class MessageNumber
{
    /// <summary>As long as Meta's are.</summary>
    public const string MidPrefix = "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDAwMDAwMDAwMDAxOjM0MDI4MjM2Njg0MTcxMDMwMTI0NDI1OmJlbmNoOg-";

    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes(MidPrefix);

    /// <summary>The number in an event; -1 when it is about none of ours.</summary>
    public static int Find(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf(Prefix);
        return at >= 0 && Utf8Parser.TryParse(json[(at + Prefix.Length)..], out int number, out _) ? number : -1;
    }
}
