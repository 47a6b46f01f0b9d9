using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>
/// The store's database. A table that one slice alone reads is that slice's: it is configured there and read with <c>Set&lt;T&gt;()</c>.
/// </summary>
internal abstract class StoreDbContext(DbContextOptions options) : ServiceDbContext(options)
{
    private readonly List<Func<long, EventRow>> _pendingEvents = [];
    private readonly List<Message> _arrivedMessages = [];
    private readonly List<ReadMarks.Mark> _readMarks = [];

    public DbSet<Message> Messages => Set<Message>();

    public DbSet<Conversation> Conversations => Set<Conversation>();

    public DbSet<Comment> Comments => Set<Comment>();

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<AccountIdentifier> AccountIdentifiers => Set<AccountIdentifier>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<Counter> Counters => Set<Counter>();

    /// <summary>New messages that the unit has not written yet.</summary>
    public IReadOnlyList<Message> Arrived => _arrivedMessages;

    /// <summary>
    /// The messages that the unit has read or added. EF looks for changes before it lists entities, and of a whole bundle that takes long.
    /// </summary>
    public IReadOnlyList<Message> Held
    {
        get
        {
            var detects = ChangeTracker.AutoDetectChangesEnabled;
            ChangeTracker.AutoDetectChangesEnabled = false;
            List<Message> held = [.. ChangeTracker.Entries<Message>().Where(entry => entry.State != EntityState.Deleted)
                .Select(entry => entry.Entity)];
            ChangeTracker.AutoDetectChangesEnabled = detects;
            return held;
        }
    }

    public bool HasUnwrittenEvents => _pendingEvents.Count > 0;

    /// <summary>
    /// Keeps an event to be written at the end of the transaction, when it gets its sequence. Only the event log calls this.
    /// </summary>
    internal void Append(Func<long, EventRow> withSequence) => _pendingEvents.Add(withSequence);

    /// <summary>
    /// Keeps a new message to be written at the end of the transaction, without tracking it; add a message that the unit still reads or
    /// changes like any other entity. Every message of every customer comes this way, and EF's way cost as much as all else that is done
    /// for one.
    /// </summary>
    internal void Append(Message message) => _arrivedMessages.Add(message);

    /// <summary>Keeps a part of a thread that was read, to be marked at the end of the transaction.</summary>
    internal void Append(ReadMarks.Mark mark) => _readMarks.Add(mark);

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (_readMarks.Count > 0) ReadMarks.Apply(Held, _readMarks);
        // Called once: EF would look again at each step, which takes as long as writing what changed.
        ChangeTracker.DetectChanges();
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            CountVersions();
            PurgeFiles();
            await ForgetSearchedAsync();
            return await WriteEarlyChangesAsync()
                + await BulkUpdate.ChangedAsync<Conversation>(this)
                + await BulkUpdate.ChangedAsync<EventRow>(this)
                // The others free or take a unique mid, in an order that EF finds.
                + await BulkUpdate.ChangedAsync<Message>(
                    this, entry => !entry.Property(message => message.InstagramMessageId).IsModified)
                + await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken)
                + await WriteArrivedAsync()
                + await WriteReadMarksAsync()
                + await WriteEventsAsync(cancellationToken);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    /// <summary>A bundle of receipts may have one for each message in it that is not known yet.</summary>
    private async Task<int> WriteEarlyChangesAsync()
    {
        var added = ChangeTracker.Entries<EarlyChange>().Where(entry => entry.State == EntityState.Added).ToList();
        await BulkInsert.EntitiesAsync(this, added.ConvertAll(entry => entry.Entity));
        foreach (var entry in added) entry.State = EntityState.Unchanged;
        return added.Count;
    }

    private async Task<int> WriteArrivedAsync()
    {
        await BulkInsert.EntitiesAsync(this, _arrivedMessages);
        await BulkInsert.EntitiesAsync(this, _arrivedMessages.SelectMany(message => message.Attachments).ToList());
        var written = _arrivedMessages.Count;
        _arrivedMessages.Clear();
        return written;
    }

    private async Task<int> WriteReadMarksAsync()
    {
        if (_readMarks.Count == 0) return 0;
        await ReadMarks.WriteAsync(this, _readMarks);
        var written = _readMarks.Count;
        _readMarks.Clear();
        return written;
    }

    /// <summary>
    /// Writes the events, last in the transaction: on MySQL the counter's row is locked from here to the commit, which makes the sequence
    /// commit-ordered.
    /// </summary>
    private async Task<int> WriteEventsAsync(CancellationToken cancellationToken)
    {
        if (_pendingEvents.Count == 0) return 0;
        var first = await Counter.TakeAsync(this, Counter.Events, _pendingEvents.Count, cancellationToken);
        await BulkInsert.EntitiesAsync(this, _pendingEvents.Select((withSequence, index) => withSequence(first + index)).ToList());
        var written = _pendingEvents.Count;
        _pendingEvents.Clear();
        return written;
    }

    /// <summary>
    /// Has the files removed of attachments and pictures whose rows go, in the same transaction and whoever removes them: what is taken
    /// back or erased leaves no file.
    /// </summary>
    private void PurgeFiles()
    {
        var files = ChangeTracker.Entries<Attachment>().Where(entry => entry.State == EntityState.Deleted && entry.Entity.File is not null)
            .Select(entry => entry.Entity.File!.Value).ToList();
        files.AddRange(ChangeTracker.Entries<ContactPicture>().Where(entry => entry.State == EntityState.Deleted)
            .Select(entry => entry.Entity.File));
        Set<MediaPurge>().AddRange(files.Select(MediaPurge.Of));
    }

    /// <summary>Has messages taken out of the search index that are removed, whoever removes them.</summary>
    private async Task ForgetSearchedAsync()
    {
        var gone = ChangeTracker.Entries<Message>().Where(entry => entry.State == EntityState.Deleted)
            .Select(entry => entry.Entity).ToList();
        if (gone.Count == 0) return;
        // First the messages' own rows: whoever indexes them just now has those, and what it writes must be there to be found.
        var sequences = gone.ConvertAll(message => message.Sequence);
        await Messages.ForUpdate().Where(message => sequences.Contains(message.Sequence)).Select(message => message.Sequence).ToListAsync();
        foreach (var message in gone) await SearchedMessage.ForgetAsync(this, message.AccountId, message.Sequence);
    }

    /// <summary>
    /// Counts up the versions of changed rows: of two parallel units on MySQL that read and change the same row, the second is run again.
    /// </summary>
    private void CountVersions()
    {
        foreach (var entry in ChangeTracker.Entries())
        {
            if (entry.State != EntityState.Modified || entry.Metadata.FindProperty(RowVersion.Property) is not { } property) continue;
            var version = entry.Property(property);
            var read = (int)version.CurrentValue!;
            version.CurrentValue = read + 1;
            // Of a row that this unit itself has added and written, EF keeps no values as they were, and would look for the new version.
            version.OriginalValue = read;
        }
    }
}
