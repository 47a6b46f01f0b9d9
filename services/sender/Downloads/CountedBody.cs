namespace InstaMessenger.Sender.Downloads;

/// <summary>
/// An answer's body that ends with an error once it is too large, and remembers that reading it failed: so that can be told from a storage
/// that fails while it is written.
/// </summary>
internal sealed class CountedBody(Stream inner, long most) : Stream
{
    private ReadOnlyMemory<byte> _head;
    private long _taken;

    /// <summary>Why reading failed; null while it has not.</summary>
    public Exception? Fault { get; private set; }

    public bool IsTooLarge { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Looks at the first bytes, which are read once more afterwards.</summary>
    public async Task<ReadOnlyMemory<byte>> PeekAsync(int bytes, CancellationToken cancellationToken)
    {
        var head = new byte[bytes];
        var count = 0;
        while (count < bytes && await TakeAsync(head.AsMemory(count), cancellationToken) is > 0 and var read) count += read;
        return _head = head.AsMemory(0, count);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_head.IsEmpty) return await TakeAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, _head.Length);
        _head[..count].CopyTo(buffer);
        _head = _head[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> TakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _taken += read;
            if (_taken <= most) return read;
            IsTooLarge = true;
            throw new InvalidDataException("More came than is taken.");
        }
        catch (Exception error)
        {
            Fault = error;
            throw;
        }
    }
}
