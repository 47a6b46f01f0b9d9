using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Store.Uploads;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Store.Uploads;

public sealed class FileIntakeTests
{
    [Fact]
    public async Task A_storage_that_takes_no_file_is_told_as_ours_and_not_as_a_wrong_form()
    {
        var log = LogCapture.Json();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var intake = new FileIntake(new FullDisk(), loggers.CreateLogger<FileIntake>());

        var (file, problem) = await intake.TakeAsync(
            new MemoryStream(MediaSamples.Jpeg()), null, TestContext.Current.CancellationToken);

        file.ShouldBeNull();
        (problem.ShouldNotBeNull().StatusCode, problem.ProblemDetails.Extensions["code"]).ShouldBe((503, "media_storage_unavailable"));
        JsonDocument.Parse(log.Written.ShouldHaveSingleItem()).RootElement.GetProperty("Event").GetString().ShouldBe("upload.not_stored");
    }

    [Fact]
    public async Task A_client_that_breaks_off_is_no_fault_of_the_storage()
    {
        using var loggers = LoggerFactory.Create(_ => { });
        var intake = new FileIntake(new FullDisk(), loggers.CreateLogger<FileIntake>());

        await Should.ThrowAsync<IOException>(
            () => intake.TakeAsync(new BrokenStream(MediaSamples.Jpeg(400, 400)), null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_goes_to_the_storage_as_it_comes()
    {
        using var loggers = LoggerFactory.Create(_ => { });
        var bytes = MediaSamples.Mp4(5_000_000);
        var film = new MemoryStream(bytes);
        var (written, farthestAhead) = (0L, 0L);
        var intake = new FileIntake(
            new FullDisk
            {
                Takes = count =>
                {
                    written += count;
                    farthestAhead = Math.Max(farthestAhead, film.Position - written);
                },
            },
            loggers.CreateLogger<FileIntake>());

        await intake.TakeAsync(film, "video/mp4", TestContext.Current.CancellationToken);

        written.ShouldBe(bytes.Length);
        farthestAhead.ShouldBeLessThan(Pictures.HeadBytes + 1, "no more of it than its first bytes is held");
    }

    /// <summary>Reads what it is given, and then has no room for it.</summary>
    private sealed class FullDisk : IMediaStore
    {
        public Action<int> Takes { get; init; } = _ => { };

        public async Task<long> WriteAsync(MediaFile file, Stream content, CancellationToken cancellationToken)
        {
            var buffer = new byte[16 * 1024];
            while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read) Takes(read);
            throw new IOException("No space left on device");
        }

        public Task<Stream?> OpenAsync(MediaFile file, CancellationToken cancellationToken) => Task.FromResult<Stream?>(null);

        public Task DeleteAsync(MediaFile file, CancellationToken cancellationToken) => Task.CompletedTask;

        public IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> RemoveRemainsAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);
    }

    /// <summary>Ends with an error instead of its end.</summary>
    private sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The client left");
    }
}
