using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Events;

/// <summary>What somebody does in a conversation.</summary>
internal enum PresenceState
{
    /// <summary>They have it before them.</summary>
    Viewing,

    /// <summary>They write.</summary>
    Typing,

    /// <summary>They went elsewhere.</summary>
    Gone,
}

/// <summary>
/// Shows to everybody who answers who else is in a conversation: a frame <c>presence</c> on the streams of all stores. It is no event: it
/// has no id, is not in the log, and is told to who listens at this moment. So whoever is in a conversation says so again and again, and
/// whoever was not heard of for a minute is gone.
/// </summary>
internal sealed class PresenceBoard(LiveSessions sessions) : SharedBoard("store.presence")
{
    public void Show(PresenceFrame frame) => Tell(JsonSerializer.Serialize(frame, ApiJson.Options));

    public override void Heard(string note)
    {
        if (JsonSerializer.Deserialize<PresenceFrame>(note, ApiJson.Options) is not { } frame) return;
        var shown = Encoding.UTF8.GetBytes($"event: {PresenceFrame.EventType}\ndata: {note}\n\n");
        sessions.ForEach(session =>
        {
            if (session.Filter.ShowsPresenceTo(frame)) session.Whisper(shown);
        });
    }
}

/// <summary><c>data</c> of a <c>presence</c> frame.</summary>
/// <param name="Type">Always <c>presence</c>.</param>
/// <param name="AccountId">Whose conversation it is.</param>
/// <param name="User">Who.</param>
/// <param name="State">What they do.</param>
/// <param name="At">When they said so (UTC).</param>
internal sealed record PresenceFrame(
    string Type, AccountId AccountId, ConversationId ConversationId, PresentUser User, PresenceState State, DateTimeOffset At)
{
    public const string EventType = "presence";
}

/// <summary>Somebody who is in a conversation.</summary>
internal sealed record PresentUser(string Id, string? Username);
