using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.ApiDocs;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Accounts;
using InstaMessenger.Sender.Checkups;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Downloads;
using InstaMessenger.Sender.Erasures;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Greetings;
using InstaMessenger.Sender.Health;
using InstaMessenger.Sender.History;
using InstaMessenger.Sender.Profiles;
using InstaMessenger.Sender.Proofs;
using InstaMessenger.Sender.Publishing;
using InstaMessenger.Sender.ReadBacks;
using InstaMessenger.Sender.Sending;
using InstaMessenger.Sender.Sends;
using InstaMessenger.Sender.Signs;

namespace InstaMessenger.Sender;

/// <summary>The only caller of Meta's Graph API: keeps every send in a ledger, calls once per claim, and records what came of it.</summary>
public static class SenderSetup
{
    /// <summary>Adds the sender. Call it before <c>AddBus</c>.</summary>
    public static void AddSender(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddSecrets();
        builder.AddDatabase<SenderDbContext, SqliteSenderDbContext, MySqlSenderDbContext>("Sender");
        var services = builder.Services;
        services.AddMessageHandler<SenderDbContext, SendMessage, SendMessageHandler>("sender.send-message");
        services.AddMessageHandler<SenderDbContext, CancelSend, CancelSendHandler>("sender.cancel-send");
        services.AddMessageHandler<SenderDbContext, ShowSign, ShowSignHandler>("sender.show-sign");
        services.AddMessageHandler<SenderDbContext, LookUpProfile, LookUpProfileHandler>("sender.look-up-profile");
        services.AddMessageHandler<SenderDbContext, ProveAccess, ProveAccessHandler>("sender.prove-access");
        services.AddMessageHandler<SenderDbContext, RedeemCode, ProveAccessHandler>("sender.redeem-code");
        services.AddMessageHandler<SenderDbContext, AccountActive, AccountActiveHandler>("sender.account-active");
        services.AddMessageHandler<SenderDbContext, ProfileCacheUsed, ProfileCacheUsedHandler>("sender.profile-cache-used");
        services.AddMessageHandler<SenderDbContext, EchoRecognised, EchoRecognisedHandler>("sender.echo-recognised");
        services.AddMessageHandler<SenderDbContext, AccountChanged, AccountChangedHandler>("sender.account-changed");

        services.AddErasures();
        services.AddGraph();
        services.AddSection<SenderOptions>("Sender");
        services.AddSingleton<SendSignal>();
        services.AddSingleton<Pace>();
        services.AddSingleton<Claims>();
        services.AddSingleton<CallSlots>();
        services.AddSingleton<CallMark>();
        services.AddSingleton<UnreadableRows>();
        services.AddSingleton<SendAttempt>();
        services.AddSingleton<Recorder>();
        // Before the dispatcher: hosted services start in turn, so no claim of this process can be taken for an orphan of the last one.
        services.AddWorker<ClaimRescuer>();
        services.AddWorker<HopelessSends>();
        services.AddSingleton<LookForSends>();
        services.AddWorker<ReadBackWorker>();
        services.AddWorker<Dispatcher>();
        services.AddSingleton<KnownAccounts>();
        services.AddSingleton<MessengerProfile>();
        services.AddSingleton<WaitingSigns>();
        services.AddWorker<SignWorker>();
        services.AddSingleton<CheckupSignal>();
        services.AddSingleton<AccountCheck>();
        services.AddWorker<CheckWorker>();
        services.AddWorker<TokenWorker>();
        services.AddSingleton<HealthReading>();
        services.AddWorker<HealthWorker>();
        services.AddWorker<AccountGauges>();
        services.AddSection<InstagramApps>("Instagram");
        services.AddSingleton<LoginRedemption>();
        services.AddSingleton<WaitingProofs>();
        services.AddWorker<ProofWorker>();
        services.AddSingleton<ProfileSignal>();
        services.AddWorker<ProfileWorker>();
        services.AddWorker<SendGauges>();
        services.AddHistory();
        builder.AddDownloads();
        services.AddOpenApi(ApiDocSetup.Name);
        services.AddApiDocument();
        builder.AddPublishing();
    }

    /// <summary>Maps the sender's own endpoints.</summary>
    public static void MapSender(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapListSends();
        app.MapSettleSend();
        app.MapAccountHealth();
        app.MapCheckAccount();
        app.MapListAccountHealth();
        app.MapIceBreakers();
        app.MapPersistentMenu();
        app.MapDeadLetters<SenderDbContext>("sender");
    }
}
