using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Keeps EF from opening the connection of a unit of work. When a connection breaks and the driver says nothing (while a reader that was
/// not read to its end is closed), EF would silently open another. The rest of the unit would run there, outside of its transaction, each
/// statement committed by itself.
/// </summary>
internal sealed class ConnectionOfUnit : DbConnectionInterceptor
{
    public static readonly ConnectionOfUnit Instance = new();

    public override InterceptionResult ConnectionOpening(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => throw Broken();

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken =
            default) => throw Broken();

    private static DatabaseUnavailableException Broken() =>
        new("The connection broke in the middle of the unit of work; nothing of it was kept.");
}
