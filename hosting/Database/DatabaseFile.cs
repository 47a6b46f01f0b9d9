using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>Where a database is, when it is a SQLite file.</summary>
/// <typeparam name="TContext">The service's database.</typeparam>
/// <param name="Path">The file; null on MySQL.</param>
public sealed record DatabaseFile<TContext>(string? Path)
    where TContext : DbContext;
