using System.ComponentModel.DataAnnotations;
using InstaMessenger.Hosting.Settings;

namespace InstaMessenger.Hosting.Media;

/// <summary>Where files are kept, and how large one may be: section <c>Media</c>.</summary>
public sealed class MediaOptions : IValidatableObject
{
    private const long MiB = 1024 * 1024;

    /// <summary>The folder; default <c>media</c> in <c>Data:Directory</c>. Store and sender must see the same one.</summary>
    public string? Directory { get; set; }

    /// <summary>The largest file that is fetched, in bytes; default 64 MiB.</summary>
    [Range(MiB, 1024 * MiB)]
    public long MostBytes { get; set; } = 64 * MiB;

    /// <summary>How long an upload can be sent, in hours; default 24. A message that holds its file keeps it longer.</summary>
    [Range(1, 30 * 24)]
    public int UploadHours { get; set; } = 24;

    /// <summary>Bytes of uploads that are kept for an account at a time; default 1 GiB.</summary>
    [Range(MiB, 1024 * 1024 * MiB)]
    public long UploadBytesPerAccount { get; set; } = 1024 * MiB;

    /// <summary>The bucket that is used instead of the folder; default none.</summary>
    public S3Options S3 { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (S3.IsEmpty) yield break;
        if (string.IsNullOrEmpty(S3.Bucket)) yield return new("must name the bucket.", ["S3:Bucket"]);
        if (string.IsNullOrEmpty(S3.AccessKey)) yield return new("must be set, like Media:S3:SecretKey.", ["S3:AccessKey"]);
        if (string.IsNullOrEmpty(S3.SecretKey)) yield return new("must be set, like Media:S3:AccessKey.", ["S3:SecretKey"]);
        if (S3.Endpoint is { } endpoint && !WebAddressAttribute.Is(endpoint))
            yield return new("must be an address like https://s3.example.com.", ["S3:Endpoint"]);
    }
}

/// <summary>A bucket of an S3-compatible storage: section <c>Media:S3</c>.</summary>
public sealed class S3Options
{
    /// <summary>The storage's address; none for Amazon's of the region.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The region; default <c>us-east-1</c>.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The bucket, which must be there and not be public.</summary>
    public string? Bucket { get; set; }

    /// <summary>Begins every key, like <c>instamessenger/</c>; default none.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Names the user of the storage.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Signs the calls.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Whether nothing of it is set.</summary>
    public bool IsEmpty =>
        Endpoint is null && string.IsNullOrEmpty(Bucket) && string.IsNullOrEmpty(AccessKey) && string.IsNullOrEmpty(SecretKey);
}
