using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Media;

namespace InstaMessenger.Tests.Hosting.Media;

public sealed class FolderMediaStoreTests : IDisposable
{
    private readonly TemporaryFolder _media = new();
    private readonly TemporaryFolder _elsewhere = new();

    public void Dispose()
    {
        _media.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task A_link_in_a_files_place_is_replaced_and_never_written_through()
    {
        var end = TestContext.Current.CancellationToken;
        var (store, file) = (new FolderMediaStore(_media.Path), MediaFile.New());
        await store.WriteAsync(file, new MemoryStream("first"u8.ToArray()), end);
        var place = Directory.GetFiles(_media.Path, file.Value, SearchOption.AllDirectories).ShouldHaveSingleItem();
        var others = Path.Combine(_elsewhere.Path, "others.txt");
        await File.WriteAllTextAsync(others, "others", end);
        File.Delete(place);
        File.CreateSymbolicLink(place, others);

        await store.WriteAsync(file, new MemoryStream("second"u8.ToArray()), end);

        (await File.ReadAllTextAsync(others, end)).ShouldBe("others");
        (await File.ReadAllTextAsync(place, end)).ShouldBe("second");
        new FileInfo(place).LinkTarget.ShouldBeNull();
        Directory.GetFiles(_elsewhere.Path).ShouldBe([others]);
    }

    [Fact]
    public async Task A_link_is_no_file_of_ours_and_goes_without_what_it_leads_to()
    {
        var end = TestContext.Current.CancellationToken;
        var (store, file) = (new FolderMediaStore(_media.Path), MediaFile.New());
        await store.WriteAsync(file, new MemoryStream(Encoding.ASCII.GetBytes("ours")), end);
        var place = Directory.GetFiles(_media.Path, file.Value, SearchOption.AllDirectories).ShouldHaveSingleItem();
        var others = Path.Combine(_elsewhere.Path, "others.txt");
        await File.WriteAllTextAsync(others, "others", end);
        File.Delete(place);
        File.CreateSymbolicLink(place, others);

        (await store.ListAsync(end).ToListAsync(end)).ShouldBeEmpty();
        await store.DeleteAsync(file, end);

        File.Exists(place).ShouldBeFalse();
        (await File.ReadAllTextAsync(others, end)).ShouldBe("others");
    }
}
