namespace InstaMessenger.Hosting.Security;

/// <summary>The key that protects the key ring; never written anywhere.</summary>
/// <param name="bytes">32 bytes or more.</param>
internal sealed class MasterKey(byte[] bytes)
{
    public byte[] Bytes => bytes;
}
