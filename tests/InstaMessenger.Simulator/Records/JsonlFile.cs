using System.Text.Json;

namespace InstaMessenger.Simulator.Records;

/// <summary>An append-only record that outlives both the process under test and the simulator.</summary>
internal sealed class JsonlFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;

    private JsonlFile(string path) =>
        // Unbuffered: a line is with the operating system before the call it records is answered.
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public static JsonlFile? Open(string? path) => path is null ? null : new JsonlFile(path);

    public void Append<T>(T record)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(record, SimulatorJson.Options);
        Span<byte> line = new byte[json.Length + 1];
        json.CopyTo(line);
        line[^1] = (byte)'\n';
        lock (_gate) _file.Write(line);
    }

    public void Dispose() => _file.Dispose();
}
