namespace InstaMessenger.Tests.Shared;

/// <summary>
/// How long a test waits for what must come. It is a net under what never comes and no measure: on a machine that does ten other things a
/// wait of half a second takes half a minute, and a test that failed for it would say nothing of the product.
/// </summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    public static CancellationToken Token() => new CancellationTokenSource(Long).Token;
}
