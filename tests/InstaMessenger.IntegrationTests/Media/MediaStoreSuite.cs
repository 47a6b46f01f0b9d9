using System.Security.Cryptography;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Media;
using InstaMessenger.IntegrationTests.Fixtures;

namespace InstaMessenger.IntegrationTests.Media;

/// <summary>What holds of the media storage, wherever it keeps its files.</summary>
public abstract class MediaStoreSuite
{
    private const int MiB = 1024 * 1024;

    private static CancellationToken End => TestContext.Current.CancellationToken;

    private protected abstract Task<IMediaStore> OpenStoreAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((3 * MiB) + 17)]
    public async Task A_file_is_read_as_it_was_written(int size)
    {
        var (store, file, bytes) = (await OpenStoreAsync(), MediaFile.New(), RandomNumberGenerator.GetBytes(size));

        (await store.WriteAsync(file, new OneWay(bytes), End)).ShouldBe(size);

        await using var read = await store.OpenAsync(file, End);
        read!.Length.ShouldBe(size);
        (await ReadAsync(read)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_file_is_read_from_any_place_again_and_again()
    {
        var (store, file, bytes) = (await OpenStoreAsync(), MediaFile.New(), RandomNumberGenerator.GetBytes(MiB));
        await store.WriteAsync(file, new OneWay(bytes), End);

        await using var read = await store.OpenAsync(file, End);
        foreach (var place in (int[])[500_000, 10, MiB - 1, 0])
        {
            read!.Seek(place, SeekOrigin.Begin);
            var part = new byte[Math.Min(1000, MiB - place)];
            await read.ReadExactlyAsync(part, End);
            part.ShouldBe(bytes[place..(place + part.Length)]);
        }

        read!.Seek(0, SeekOrigin.End);
        (await read.ReadAsync(new byte[10], End)).ShouldBe(0);
    }

    [Fact]
    public async Task A_write_that_breaks_off_leaves_nothing_and_harms_no_file_that_was_there()
    {
        var (store, file, old) = (await OpenStoreAsync(), MediaFile.New(), RandomNumberGenerator.GetBytes(1000));
        await Should.ThrowAsync<IOException>(() => store.WriteAsync(file, new OneWay(new byte[MiB], breaksAt: MiB / 2), End));
        (await store.OpenAsync(file, End)).ShouldBeNull();

        await store.WriteAsync(file, new OneWay(old), End);
        await Should.ThrowAsync<IOException>(() => store.WriteAsync(file, new OneWay(new byte[MiB], breaksAt: MiB / 2), End));

        await using var read = await store.OpenAsync(file, End);
        (await ReadAsync(read!)).ShouldBe(old);
        (await FilesAsync(store)).ShouldContain(file);
    }

    [Fact]
    public async Task A_file_that_is_written_again_is_replaced()
    {
        var (store, file) = (await OpenStoreAsync(), MediaFile.New());
        await store.WriteAsync(file, new OneWay(RandomNumberGenerator.GetBytes(200_000)), End);

        await store.WriteAsync(file, new OneWay([7]), End);

        await using var read = await store.OpenAsync(file, End);
        (await ReadAsync(read!)).ShouldBe([7]);
    }

    [Fact]
    public async Task A_file_that_is_removed_is_gone_and_may_be_removed_again()
    {
        var (store, file, other) = (await OpenStoreAsync(), MediaFile.New(), MediaFile.New());
        await store.WriteAsync(file, new OneWay([1]), End);
        await store.WriteAsync(other, new OneWay([2]), End);

        await store.DeleteAsync(file, End);
        await store.DeleteAsync(file, End);
        await store.DeleteAsync(MediaFile.New(), End);

        (await store.OpenAsync(file, End)).ShouldBeNull();
        (await FilesAsync(store)).ShouldNotContain(file);
        (await FilesAsync(store)).ShouldContain(other);
    }

    [Fact]
    public async Task The_list_has_every_file_with_its_time()
    {
        var (store, begin) = (await OpenStoreAsync(), TimeProvider.System.GetUtcNow().AddMinutes(-1));
        var files = Enumerable.Range(0, 30).Select(_ => MediaFile.New()).ToList();
        foreach (var file in files) await store.WriteAsync(file, new OneWay([1]), End);

        var listed = await store.ListAsync(End).ToDictionaryAsync(found => found.File, found => found.WrittenAt, cancellationToken: End);

        foreach (var file in files) listed[file].ShouldBeInRange(begin, begin.AddMinutes(3));
    }

    private protected static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, End);
        return bytes.ToArray();
    }

    private static async Task<List<MediaFile>> FilesAsync(IMediaStore store) =>
        await store.ListAsync(End).Select(found => found.File).ToListAsync(End);

    /// <summary>Bytes as they come from the network: nobody knows how many, and there is no way back.</summary>
    private protected sealed class OneWay(byte[] bytes, int breaksAt = int.MaxValue) : Stream
    {
        private int _place;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (_place >= breaksAt) throw new IOException("The line broke.");
            var count = Math.Min(Math.Min(buffer.Length, 10_000), bytes.Length - _place);
            bytes.AsMemory(_place, count).CopyTo(buffer);
            _place += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>In a folder.</summary>
public sealed class FolderMediaStoreTests : MediaStoreSuite, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("media-").FullName;

    private protected override Task<IMediaStore> OpenStoreAsync() => Task.FromResult<IMediaStore>(new FolderMediaStore(_root));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>S3 promises this itself, and the small one that stands in for it here does not keep it.</summary>
    [Fact]
    public async Task A_file_that_is_written_several_times_at_once_is_whole()
    {
        var (store, file) = (new FolderMediaStore(_root), MediaFile.New());
        var contents = Enumerable.Range(0, 8).Select(_ => RandomNumberGenerator.GetBytes(200_000)).ToList();
        var end = TestContext.Current.CancellationToken;

        await Task.WhenAll(contents.Select(bytes => store.WriteAsync(file, new OneWay(bytes), end)));

        await using var read = await store.OpenAsync(file, end);
        var kept = await ReadAsync(read!);
        contents.ShouldContain(one => one.SequenceEqual(kept));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_removed_later_and_what_is_not_ours_is_left_alone()
    {
        var store = new FolderMediaStore(_root);
        var end = TestContext.Current.CancellationToken;
        var file = MediaFile.New();
        await store.WriteAsync(file, new OneWay([1]), end);
        var left = Path.Combine(_root, file.Value[4..6], file.Value + ".abc.part");
        await File.WriteAllTextAsync(left, "half", end);
        var strange = Path.Combine(_root, "notes.txt");
        await File.WriteAllTextAsync(strange, "somebody's", end);
        var now = TimeProvider.System.GetUtcNow();

        (await store.RemoveRemainsAsync(now.AddHours(-1), end)).ShouldBe(0, "it may be under way");
        (await store.RemoveRemainsAsync(now.AddHours(1), end)).ShouldBe(1);

        File.Exists(left).ShouldBeFalse();
        File.Exists(strange).ShouldBeTrue();
        (await store.ListAsync(end).ToListAsync(end)).Select(found => found.File).ShouldBe([file]);
    }
}

/// <summary>In a bucket.</summary>
public sealed class S3MediaStoreTests(SharedServers servers) : MediaStoreSuite
{
    private protected override async Task<IMediaStore> OpenStoreAsync()
    {
        var options = new S3Options
        {
            Endpoint = (await servers.S3Async()).Address, Bucket = S3Server.Bucket, AccessKey = S3Server.Login, SecretKey = S3Server.Login,
        };
        return new S3MediaStore(MediaSetup.Client(options), options.Bucket, "tests/");
    }
}
