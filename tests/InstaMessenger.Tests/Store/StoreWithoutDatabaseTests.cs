using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store;

/// <summary>What clients are answered while the store's database cannot be opened: that it passes, and when to come again.</summary>
public sealed class StoreWithoutDatabaseTests : IAsyncLifetime
{
    private StoreHost _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services => services.AddSingleton<ICallerSource>(new FakeCallers()));
        var file = Path.Combine(_store.Folder, "store.db");
        // A link to itself, which nobody can open. It takes the file's place in one step: a file that is missing would be made anew.
        File.CreateSymbolicLink(file + ".link", file);
        File.Move(file + ".link", file, overwrite: true);
        using var pooled = new SqliteConnection(SqliteSettings.ConnectionString(file, DatabaseSetup.SqliteBusySeconds));
        SqliteConnection.ClearPool(pooled);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/conversations")]
    [InlineData("/api/v1/events")]
    [InlineData("/api/v1/events/stream")]
    public async Task A_request_is_503_and_says_when_to_come_again(string path)
    {
        using var answer = await _store.Client("admin").GetAsync(path, HttpCompletionOption.ResponseHeadersRead);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldBe(new RetryConditionHeaderValue(TimeSpan.FromSeconds(1)));
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("database_unavailable");
    }

    /// <summary>An EventSource gives up for good after any status but 200. In one process no gateway stands before the store.</summary>
    [Fact]
    public async Task A_browsers_stream_is_told_to_come_again()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));

        using var answer = await _store.Client("admin").SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("\nretry: ");
        // No id: the browser keeps the one that it has, and resumes there.
        text.ShouldNotContain("id:");
    }
}
