namespace InstaMessenger.Store.Uploads;

/// <summary>What a <c>multipart/form-data</c> request holds.</summary>
/// <param name="Fields">Its texts by their names.</param>
/// <param name="File">Its file, which is removed with the form unless a row may name it; null when it holds none.</param>
internal sealed record UploadForm(IReadOnlyDictionary<string, string> Fields, ReceivedFile? File) : IAsyncDisposable
{
    public const string FileField = "file";

    public ValueTask DisposeAsync() => File?.DisposeAsync() ?? ValueTask.CompletedTask;
}
