namespace InstaMessenger.Hosting.Audit;

/// <summary>The words of the audit log. They are stable: scripts filter by them.</summary>
public static class AuditActions
{
    /// <summary>A user was added.</summary>
    public const string UserCreated = "user.created";

    /// <summary>A user's name or role was changed, or the user was deactivated or activated.</summary>
    public const string UserChanged = "user.changed";

    /// <summary>A user was deleted, with sessions and keys.</summary>
    public const string UserDeleted = "user.deleted";

    /// <summary>A user's password was changed, by the user or by an admin.</summary>
    public const string UserPasswordChanged = "user.password_changed";

    /// <summary>An agent was let see accounts.</summary>
    public const string UserAccountsAdded = "user.accounts_added";

    /// <summary>An account was taken from an agent.</summary>
    public const string UserAccountRemoved = "user.account_removed";

    /// <summary>An API key was made.</summary>
    public const string ApiKeyCreated = "api_key.created";

    /// <summary>An API key was revoked.</summary>
    public const string ApiKeyRevoked = "api_key.revoked";

    /// <summary>An account was linked, or linked again.</summary>
    public const string AccountLinked = "account.linked";

    /// <summary>An account's settings were changed.</summary>
    public const string AccountChanged = "account.changed";

    /// <summary>An account was unlinked; with <c>erase</c> among the changes everything of it is erased too.</summary>
    public const string AccountUnlinked = "account.unlinked";

    /// <summary>An import of an account's threads was begun.</summary>
    public const string AccountBackfilled = "account.backfilled";

    /// <summary>Meta was asked how an account stands.</summary>
    public const string AccountChecked = "account.checked";

    /// <summary>Connecting an account by Meta's login was begun.</summary>
    public const string ConnectBegun = "connect.begun";

    /// <summary>Everything of a contact was erased. The target is the erasure: the contact is not named any more.</summary>
    public const string ContactErased = "contact.erased";

    /// <summary>A channel id was released for the next account that names it.</summary>
    public const string IdentifierReleased = "identifier.released";

    /// <summary>A saved reply was made.</summary>
    public const string CannedReplyCreated = "canned_reply.created";

    /// <summary>A saved reply was changed.</summary>
    public const string CannedReplyChanged = "canned_reply.changed";

    /// <summary>A saved reply was deleted.</summary>
    public const string CannedReplyDeleted = "canned_reply.deleted";

    /// <summary>A quarantined webhook was recorded.</summary>
    public const string QuarantineReplayed = "quarantine.replayed";

    /// <summary>A dead letter was handled again. The target is its service and number.</summary>
    public const string DeadLetterReplayed = "dead_letter.replayed";

    /// <summary>An unknown send was decided.</summary>
    public const string SendSettled = "send.settled";

    /// <summary>An account's ice breakers were replaced.</summary>
    public const string IceBreakersReplaced = "ice_breakers.replaced";

    /// <summary>An account's ice breakers were removed.</summary>
    public const string IceBreakersRemoved = "ice_breakers.removed";

    /// <summary>An account's menu was replaced.</summary>
    public const string PersistentMenuReplaced = "persistent_menu.replaced";

    /// <summary>An account's menu was removed.</summary>
    public const string PersistentMenuRemoved = "persistent_menu.removed";

    /// <summary>A CRM's endpoint was made.</summary>
    public const string EndpointCreated = "webhook_endpoint.created";

    /// <summary>A CRM's endpoint was changed, paused or resumed.</summary>
    public const string EndpointChanged = "webhook_endpoint.changed";

    /// <summary>A CRM's endpoint was deleted.</summary>
    public const string EndpointDeleted = "webhook_endpoint.deleted";

    /// <summary>A CRM's endpoint got a new secret.</summary>
    public const string EndpointSecretRotated = "webhook_endpoint.secret_rotated";

    /// <summary>A test event was posted to a CRM.</summary>
    public const string EndpointTested = "webhook_endpoint.tested";

    /// <summary>Deliveries of an endpoint were posted again.</summary>
    public const string EndpointRedelivered = "webhook_endpoint.redelivered";

    /// <summary>A part of the log began to be posted to an endpoint anew. The target is the endpoint.</summary>
    public const string EndpointReplayBegun = "webhook_endpoint.replay_begun";

    /// <summary>Posting a part of the log anew was ended. The target is the endpoint.</summary>
    public const string EndpointReplayCancelled = "webhook_endpoint.replay_cancelled";

    /// <summary>One delivery was posted again. The target is its number.</summary>
    public const string DeliveryRedelivered = "delivery.redelivered";

    /// <summary>All of them.</summary>
    public static IReadOnlySet<string> All { get; } = typeof(AuditActions).GetFields()
        .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToHashSet(StringComparer.Ordinal);
}
