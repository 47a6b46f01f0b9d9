using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Media;

/// <summary>Registers the media storage.</summary>
public static class MediaSetup
{
    /// <summary>Registers one <see cref="IMediaStore"/>: the bucket of <c>Media:S3</c> when it is set, else a folder.</summary>
    public static void AddMediaStorage(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(IMediaStore))) return;
        builder.Services.AddSection<MediaOptions>("Media");
        builder.Services.AddSingleton(
            provider => Open(provider.GetRequiredService<IOptions<MediaOptions>>().Value, builder.Configuration));
    }

    private static IMediaStore Open(MediaOptions options, IConfiguration configuration)
    {
        if (!options.S3.IsEmpty) return new S3MediaStore(Client(options.S3), options.S3.Bucket!, options.S3.Prefix);
        var path = options.Directory is { Length: > 0 } set ? Path.GetFullPath(set) : DataDirectory.File(configuration, "media");
        return new FolderMediaStore(WritableFolder.Open("Media:Directory", path).FullName);
    }

    internal static AmazonS3Client Client(S3Options options)
    {
        var config = new AmazonS3Config
        {
            // Storages other than Amazon's know neither buckets as host names nor its newer checksums.
            ForcePathStyle = options.Endpoint is not null,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = TimeSpan.FromMinutes(2),
        };
        if (options.Endpoint is { } endpoint) (config.ServiceURL, config.AuthenticationRegion) = (endpoint.ToString(), options.Region);
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        return new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }
}
