namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>Writes what a page makes of the mirror: first the rows, then what is done to those that are there.</summary>
internal static class MirrorWriter
{
    public static async Task WriteAsync(MirrorSql sql, MirrorPage page)
    {
        var rows = page.Rows;
        var messages = await sql.SequencesAsync(MirrorSchema.Messages, [.. rows.Messages.Select(message => message.Row)]);
        var known = new Dictionary<MirrorTable, Dictionary<string, long>>
        {
            [MirrorSchema.Messages] = messages,
            [MirrorSchema.Conversations] = await sql.SequencesAsync(MirrorSchema.Conversations, rows.Conversations),
            [MirrorSchema.Contacts] = await sql.SequencesAsync(MirrorSchema.Contacts, rows.Contacts),
        };
        rows.Except(row => known[row.Table].TryGetValue(row.Key, out var sequence) && sequence > row.Sequence);
        await sql.WriteAsync(MirrorSchema.Contacts, rows.Contacts);
        await sql.WriteAsync(MirrorSchema.Conversations, rows.Conversations);
        await sql.WriteAsync(MirrorSchema.Messages, [.. rows.Messages.Select(message => message.Row)]);
        var before = rows.Messages.Select(message => message.Row.Key).Where(messages.ContainsKey).ToList();
        await sql.RemoveOfAsync(MirrorSchema.Attachments, before);
        await sql.RemoveOfAsync(MirrorSchema.Reactions, before);
        await sql.WriteAsync(MirrorSchema.Attachments, [.. rows.Messages.SelectMany(message => message.Attachments)]);
        await sql.WriteAsync(MirrorSchema.Reactions, [.. rows.Messages.SelectMany(message => message.Reactions)]);
        foreach (var change in page.Changes) await ApplyAsync(sql, change);
    }

    private static Task ApplyAsync(MirrorSql sql, MirrorChange change) => change switch
    {
        MirrorReadMark read => MarkReadAsync(sql, read),
        MirrorReaction reaction => ReactAsync(sql, reaction),
        MirrorUnreaction taken => UnreactAsync(sql, taken),
        MirrorReplaced replaced => RemoveMessagesAsync(sql, "m.id = @0", replaced.MessageId),
        MirrorUnquote taken => sql.RunAsync(
            "UPDATE insta_messages SET reply_to_excerpt = NULL WHERE reply_to_message_id = @0", taken.MessageId),
        MirrorContactGone gone => EraseContactAsync(sql, gone),
        MirrorAccountGone gone => EraseAccountAsync(sql, gone),
        MirrorRefill refill => sql.RunAsync(
            "INSERT INTO insta_fills (account_id, began_sequence, conversation_id, sent_at, message) VALUES (@0, @1, NULL, 0, 0) "
            + "ON DUPLICATE KEY UPDATE began_sequence = @1, conversation_id = NULL, sent_at = 0, message = 0",
            refill.AccountId,
            refill.Sequence),
        _ => throw new ArgumentException(change.GetType().Name, nameof(change)),
    };

    private static Task<int> MarkReadAsync(MirrorSql sql, MirrorReadMark read) => sql.RunAsync(
        "UPDATE insta_messages AS m JOIN insta_messages AS newest ON newest.id = @0 AND m.conversation_id = newest.conversation_id "
        + "SET m.read_at = @1, m.status = 'read', m.sequence = @2 "
        + "WHERE m.sent_at <= newest.sent_at AND m.direction = 'outbound' AND m.status IN ('sent', 'read') "
        + "AND (m.read_at IS NULL OR m.read_at > @1) AND m.sequence <= @2",
        read.MessageId,
        read.ReadAt,
        read.Sequence);

    private static async Task ReactAsync(MirrorSql sql, MirrorReaction change)
    {
        if (await TouchAsync(sql, change.MessageId, change.Sequence)) await sql.WriteAsync(MirrorSchema.Reactions, [change.Reaction]);
    }

    private static async Task UnreactAsync(MirrorSql sql, MirrorUnreaction change)
    {
        if (await TouchAsync(sql, change.MessageId, change.Sequence))
            await sql.RunAsync("DELETE FROM insta_reactions WHERE message_id = @0 AND author = @1", change.MessageId, change.Author);
    }

    /// <summary>Makes a message as new as a change; false when it is newer, or not there.</summary>
    private static async Task<bool> TouchAsync(MirrorSql sql, string message, long sequence) => await sql.RunAsync(
        "UPDATE insta_messages SET sequence = @1 WHERE id = @0 AND sequence <= @1", message, sequence) > 0;

    private static async Task EraseContactAsync(MirrorSql sql, MirrorContactGone gone)
    {
        if (gone.ConversationId is { } thread)
        {
            await RemoveMessagesAsync(sql, "m.conversation_id = @0", thread);
            await sql.RunAsync(
                "DELETE c FROM insta_contacts AS c JOIN insta_conversations AS v ON v.account_id = c.account_id "
                + "AND v.contact_id = c.contact_id AND v.id = @0 LEFT JOIN insta_conversations AS other ON other.account_id = c.account_id "
                + "AND other.contact_id = c.contact_id AND other.id <> @0 WHERE other.id IS NULL",
                thread);
            await sql.RunAsync("DELETE FROM insta_conversations WHERE id = @0", thread);
        }

        if (gone.ContactId is not { } contact) return;
        // What a unit wrote beside the request is in another thread.
        await RemoveMessagesAsync(
            sql,
            "(m.sent_at <= @2 OR m.received_at <= @2) AND m.conversation_id IN "
            + "(SELECT id FROM insta_conversations WHERE account_id = @0 AND contact_id = @1)",
            gone.AccountId,
            contact,
            gone.AskedAt);
        await sql.RunAsync(
            "DELETE c FROM insta_contacts AS c LEFT JOIN insta_conversations AS v ON v.account_id = c.account_id "
            + "AND v.contact_id = c.contact_id WHERE c.account_id = @0 AND c.contact_id = @1 AND v.id IS NULL",
            gone.AccountId,
            contact);
    }

    private static async Task EraseAccountAsync(MirrorSql sql, MirrorAccountGone gone)
    {
        await RemoveMessagesAsync(
            sql, "m.account_id = @0 AND (m.sent_at <= @1 OR m.received_at <= @1)", gone.AccountId, gone.AskedAt);
        await sql.RunAsync(
            "DELETE v FROM insta_conversations AS v LEFT JOIN insta_messages AS m ON m.conversation_id = v.id "
            + "WHERE v.account_id = @0 AND v.updated_at <= @1 AND m.id IS NULL",
            gone.AccountId,
            gone.AskedAt);
        await sql.RunAsync(
            "DELETE c FROM insta_contacts AS c LEFT JOIN insta_conversations AS v ON v.account_id = c.account_id "
            + "AND v.contact_id = c.contact_id WHERE c.account_id = @0 AND v.id IS NULL",
            gone.AccountId);
    }

    private static Task<int> RemoveMessagesAsync(MirrorSql sql, string which, params object?[] arguments) => sql.RunAsync(
        $"DELETE a FROM insta_attachments AS a JOIN insta_messages AS m ON m.id = a.message_id WHERE {which}; "
        + $"DELETE r FROM insta_reactions AS r JOIN insta_messages AS m ON m.id = r.message_id WHERE {which}; "
        + $"DELETE m FROM insta_messages AS m WHERE {which}",
        arguments);
}
