using System.Net.Http.Headers;
using System.Security.Cryptography;
using InstaMessenger.Hosting.Media;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Media;

/// <summary>The product with its media in a bucket instead of a folder.</summary>
public sealed class S3Product(SharedServers servers) : StandaloneProduct
{
    /// <summary>Begins every key of this run's.</summary>
    private readonly string _prefix = $"product{Shop.NewNumber()}/";

    internal async Task<IMediaStore> StoreAsync() => new S3MediaStore(
        MediaSetup.Client(new S3Options
        {
            Endpoint = (await servers.S3Async()).Address, AccessKey = S3Server.Login, SecretKey = S3Server.Login,
        }),
        S3Server.Bucket,
        _prefix);

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        settings["Media__S3__Endpoint"] = (await servers.S3Async()).Address.ToString();
        settings["Media__S3__Bucket"] = S3Server.Bucket;
        settings["Media__S3__Prefix"] = _prefix;
        (settings["Media__S3__AccessKey"], settings["Media__S3__SecretKey"]) = (S3Server.Login, S3Server.Login);
        return await base.MakeProcessesAsync(settings);
    }
}

public sealed class MediaOnS3Tests(S3Product product) : IClassFixture<S3Product>
{
    private static CancellationToken End => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_is_kept_in_the_bucket_shown_in_parts_and_gone_when_it_is_taken_back()
    {
        await using var shop = await Shop.OpenAsync(product);
        var customer = shop.NewCustomer();
        byte[] bytes = [0xFF, 0xD8, 0xFF, 0xE0, .. RandomNumberGenerator.GetBytes(200_000)];
        var name = $"s3picture{Shop.NewNumber()}";
        product.Simulator.Meta.Cdn.Put(name, bytes);
        var mid = await customer.ShowAsync("image", new Uri(product.Simulator.BaseAddress, $"cdn/{name}").ToString());

        var kept = await shop.Events.WaitForAsync("message.media", "data.message.attachments.0.state", "kept");
        var path = kept.Event.Text("data.message.attachments.0.url")!;
        using var whole = await ViewAsync(shop, path, null);
        (await whole.Content.ReadAsByteArrayAsync(End)).ShouldBe(bytes);
        using var part = await ViewAsync(shop, path, new RangeHeaderValue(100_000, 100_099));
        ((int)part.StatusCode, part.Content.Headers.ContentRange?.Length).ShouldBe((206, bytes.Length));
        (await part.Content.ReadAsByteArrayAsync(End)).ShouldBe(bytes[100_000..100_100]);
        (await FilesOfAsync(bytes.Length)).ShouldBe(1);
        product.Folder.All("med_*").ShouldBeEmpty();

        await customer.UnsendAsync(mid);

        await Until.TrueAsync(async () => await FilesOfAsync(bytes.Length) == 0, Patience.Long, () => "the file is still in the bucket");
        (await shop.Api.GetAsync(path)).ExpectProblem(404, "not_found");
    }

    /// <summary>How many files have this size, which no other one has: there may be the customer's own picture too.</summary>
    private async Task<int> FilesOfAsync(int size)
    {
        var (store, found) = (await product.StoreAsync(), 0);
        await foreach (var file in store.ListAsync(End))
        {
            await using var content = await store.OpenAsync(file.File, End);
            if (content?.Length == size) found++;
        }

        return found;
    }

    private async Task<HttpResponseMessage> ViewAsync(Shop shop, string path, RangeHeaderValue? range)
    {
        using var viewer = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Door, path));
        (request.Headers.Authorization, request.Headers.Range) = (new AuthenticationHeaderValue("Bearer", shop.Key), range);
        return await viewer.SendAsync(request, End);
    }
}
