using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Contracts;

namespace InstaMessenger.Hosting.Outbox;

/// <summary>Cuts a run of rows into bundles: neighbours of one type, at most 128 and about 512 KiB together.</summary>
internal static class Bundler
{
    private const int MostItems = 128;
    private const int MostBytes = 512 * 1024;

    private static readonly ConcurrentDictionary<Type, Func<string, IReadOnlyList<RelayRow>, object>> Makers = new();

    public static IEnumerable<Batch> Split(IReadOnlyList<RelayRow> rows)
    {
        var batch = new List<RelayRow>();
        var bytes = 0;
        foreach (var row in rows)
        {
            var fits = batch.Count < MostItems && bytes + row.Size <= MostBytes
                && (batch.Count == 0 || batch[0].Message.GetType() == row.Message.GetType());
            if (batch.Count > 0 && !fits)
            {
                yield return new Batch(batch);
                (batch, bytes) = ([], 0);
            }

            batch.Add(row);
            bytes += row.Size;
        }

        if (batch.Count > 0) yield return new Batch(batch);
    }

    private static Func<string, IReadOnlyList<RelayRow>, object> MakerOf(Type type) =>
        typeof(Bundler).GetMethod(nameof(Make), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(type).CreateDelegate<Func<string, IReadOnlyList<RelayRow>, object>>();

    private static Bundle<T> Make<T>(string source, IReadOnlyList<RelayRow> rows) =>
        new([.. rows.Select(row => new BusItem<T>(
            string.Create(CultureInfo.InvariantCulture, $"{source}-{row.Id}"), row.TraceParent, (T)row.Message))]);

    /// <summary>The rows of one bundle.</summary>
    internal sealed class Batch(IReadOnlyList<RelayRow> rows)
    {
        public IReadOnlyList<RelayRow> Rows => rows;

        public object ToBundle(string source) => Makers.GetOrAdd(rows[0].Message.GetType(), MakerOf)(source, rows);

        /// <summary>The same rows give the same id, so that a re-publish is recognisable on the broker.</summary>
        public Guid MessageId(string source)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{source}/{rows[0].Id}-{rows[^1].Id}");
            return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        }
    }
}
