using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Media;

/// <summary>
/// Files as objects of a bucket. S3 takes an object as a whole or not at all, but must be told its size first: so what is written goes
/// through a temporary file of this machine.
/// </summary>
/// <param name="s3">The client.</param>
/// <param name="bucket">The bucket, which must be there.</param>
/// <param name="prefix">Begins every key, so that others may use the bucket too.</param>
internal sealed class S3MediaStore(IAmazonS3 s3, string bucket, string prefix) : IMediaStore
{
    private const int BufferBytes = 64 * 1024;

    public async Task<long> WriteAsync(MediaFile file, Stream content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var spool = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = BufferBytes,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        });
        await content.CopyToAsync(spool, BufferBytes, cancellationToken);
        spool.Position = 0;
        await s3.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bucket,
                Key = prefix + file.Value,
                InputStream = spool,
                AutoCloseStream = false,
                ContentType = "application/octet-stream",
                UseChunkEncoding = false,
            },
            cancellationToken);
        return spool.Length;
    }

    public async Task<Stream?> OpenAsync(MediaFile file, CancellationToken cancellationToken)
    {
        try
        {
            var found = await s3.GetObjectMetadataAsync(bucket, prefix + file.Value, cancellationToken);
            return new S3ObjectStream(s3, bucket, prefix + file.Value, found.ContentLength);
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public Task DeleteAsync(MediaFile file, CancellationToken cancellationToken) =>
        s3.DeleteObjectAsync(bucket, prefix + file.Value, cancellationToken);

    public async IAsyncEnumerable<StoredFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix + "med_" };
        ListObjectsV2Response page;
        do
        {
            page = await s3.ListObjectsV2Async(request, cancellationToken);
            foreach (var found in page.S3Objects ?? [])
            {
                if (MediaFile.TryParse(found.Key[prefix.Length..], out var file) && found.LastModified is { } at)
                    yield return new StoredFile(file, new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero));
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <summary>There are none: what was not taken as a whole is not there, and the temporary file goes with its process.</summary>
    public Task<int> RemoveRemainsAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);
}
