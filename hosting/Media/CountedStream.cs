namespace InstaMessenger.Hosting.Media;

/// <summary>
/// A stranger's file while it comes: it ends with an error once it is too large, and remembers that reading it failed, so that this can be
/// told from a storage that fails while it is written.
/// </summary>
/// <param name="inner">Where it comes from; disposed with this.</param>
/// <param name="most">Bytes that are taken at most.</param>
public sealed class CountedStream(Stream inner, long most) : Stream
{
    private ReadOnlyMemory<byte> _head;
    private long _taken;

    /// <summary>Bytes that are taken at most; may be changed while it is read, once it is known what it is.</summary>
    public long Most { get; set; } = most;

    /// <summary>Is shown all that is read from now on, each byte once and in order; null for nobody.</summary>
    public Action<ReadOnlyMemory<byte>>? Sees { get; set; }

    /// <summary>Why reading failed; null while it has not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Whether more came than is taken.</summary>
    public bool IsTooLarge { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Looks at the first bytes, which are read once more afterwards.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>So many bytes, or all when there are fewer.</returns>
    public async Task<ReadOnlyMemory<byte>> PeekAsync(int bytes, CancellationToken cancellationToken)
    {
        var head = new byte[bytes];
        var count = 0;
        while (count < bytes && await TakeAsync(head.AsMemory(count), cancellationToken) is > 0 and var read) count += read;
        return _head = head.AsMemory(0, count);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_head.IsEmpty) return await TakeAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, _head.Length);
        _head[..count].CopyTo(buffer);
        _head = _head[count..];
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
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
            IsTooLarge = _taken > Most;
            if (IsTooLarge) throw new InvalidDataException("More came than is taken.");
            Sees?.Invoke(buffer[..read]);
            return read;
        }
        catch (Exception error)
        {
            Fault = error;
            throw;
        }
    }
}
