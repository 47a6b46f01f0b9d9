using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using InstaMessenger.Contracts.Ids;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Ids;

/// <summary>What every id takes and refuses. The lists are data, so that the next id is one more line.</summary>
public sealed class IdTests
{
    public static TheoryData<string, string> Taken => new()
    {
        { nameof(AccountId), "acc_1" },
        { nameof(AccountId), "acc_" + new string('z', 32) },
        { nameof(ConversationId), "conv_0198c1f7a1b27d0f9c3e5a6b7c8d9e0f" },
        { nameof(MessageId), "msg_0198c1f7a1b27d0f9c3e5a6b7c8d9e0f" },
        { nameof(EventId), "evt_9" },
        { nameof(UploadId), "up_0198c1f7a1b27d0f9c3e5a6b7c8d9e0f" },
        { nameof(AttachmentId), "msg_1_0" },
        { nameof(AttachmentId), "msg_1_999" },
        { nameof(MediaFile), "med_0198c1f7a1b27d0f9c3e5a6b7c8d9e0f" },
        { nameof(InstagramAccountId), "17841400000000000" },
        { nameof(MessagingChannelId), "0" },
        { nameof(InstagramUserId), "12345678901234567890" },
        { nameof(InstagramMessageId), "aWdfZAG1faXRlbToxOklHTWVzc2FnZUlE==" },
        { nameof(InstagramMessageId), new string('m', 512) },
        { nameof(InstagramMessageId), "m_mid.$cAAJ:1/ü" },
        { nameof(IdempotencyKey), " " },
        { nameof(IdempotencyKey), "order 4711 ~!" },
        { nameof(IdempotencyKey), new string('k', 255) },
    };

    public static TheoryData<string, string?> Refused => new()
    {
        { nameof(AccountId), null },
        { nameof(AccountId), "" },
        { nameof(AccountId), "acc_" },
        { nameof(AccountId), "acc_" + new string('z', 33) },
        { nameof(AccountId), "ACC_1" },
        { nameof(AccountId), "acc_A" },
        { nameof(AccountId), "acc_1 " },
        { nameof(AccountId), " acc_1" },
        { nameof(AccountId), "acc_1\n" },
        { nameof(AccountId), "acc_ä" },
        { nameof(AccountId), "acc_1/../2" },
        { nameof(AccountId), "msg_1" },
        { nameof(ConversationId), "acc_1" },
        { nameof(MessageId), "evt_1" },
        { nameof(MessageId), "msg_1_0" },
        { nameof(EventId), "event_1" },
        { nameof(AttachmentId), "msg_1" },
        { nameof(AttachmentId), "msg_1_" },
        { nameof(AttachmentId), "msg_1_1000" },
        { nameof(AttachmentId), "msg_1_-1" },
        { nameof(AttachmentId), "msg_1_01" },
        { nameof(AttachmentId), "msg_1_00" },
        { nameof(AttachmentId), "acc_1_0" },
        { nameof(AttachmentId), "_0" },
        { nameof(MediaFile), "med_1" },
        { nameof(MediaFile), "med_../../../../etc/passwd/../../../" },
        { nameof(InstagramAccountId), "" },
        { nameof(InstagramAccountId), "1784140000000000x" },
        { nameof(InstagramAccountId), "-1" },
        { nameof(InstagramAccountId), "1.0" },
        { nameof(MessagingChannelId), "١٢٣" },
        { nameof(InstagramUserId), "123456789012345678901" },
        { nameof(InstagramUserId), " 1" },
        { nameof(InstagramMessageId), "" },
        { nameof(InstagramMessageId), new string('m', 513) },
        { nameof(InstagramMessageId), "a\0b" },
        { nameof(InstagramMessageId), "a\nb" },
        { nameof(IdempotencyKey), "" },
        { nameof(IdempotencyKey), new string('k', 256) },
        { nameof(IdempotencyKey), "ü" },
        { nameof(IdempotencyKey), "a\tb" },
        { nameof(IdempotencyKey), "a\u007f" },
    };

    [Theory]
    [MemberData(nameof(Taken))]
    public void A_well_formed_id_is_taken_and_travels_as_a_plain_string(string type, string text) => Of(type).TakesAndTravels(text);

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_malformed_id_is_refused_everywhere(string type, string? text) => Of(type).Refuses(text);

    [Fact]
    public void Any_text_is_either_refused_or_comes_back_unchanged()
    {
        foreach (var probe in IdProbe.All)
            Prop.ForAll(ArbMap.Default.ArbFor<string?>(), probe.IsTotal).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_id_that_was_never_parsed_has_no_value_and_is_never_written()
    {
        foreach (var probe in IdProbe.All) probe.DefaultIsUnusable();
    }

    [Fact]
    public void New_ids_parse_and_grow_with_the_time()
    {
        var clock = new FakeTimeProvider();
        var ids = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            ids.Add(MessageId.New(clock).Value);
            MessageId.Parse(ids[^1]).Value.ShouldBe(ids[^1]);
            AccountId.TryParse(AccountId.New(clock).Value, out _).ShouldBeTrue();
            ConversationId.TryParse(ConversationId.New(clock).Value, out _).ShouldBeTrue();
            EventId.TryParse(EventId.New(clock).Value, out _).ShouldBeTrue();
        }

        ids.ShouldBe(ids.Order(StringComparer.Ordinal));
        Enumerable.Range(0, 10_000).Select(_ => EventId.New(clock)).Distinct().Count().ShouldBe(10_000);
    }

    [Fact]
    public void An_attachment_is_named_by_its_message_and_place()
    {
        AttachmentId.Of(MessageId.Parse("msg_1"), 12).Value.ShouldBe("msg_1_12");
        Should.Throw<ArgumentOutOfRangeException>(() => AttachmentId.Of(MessageId.Parse("msg_1"), -1));
        Should.Throw<ArgumentOutOfRangeException>(() => AttachmentId.Of(MessageId.Parse("msg_1"), 1_000));
    }

    [Fact]
    public void Every_id_of_the_contracts_is_tested_here()
    {
        var ids = typeof(AccountId).Assembly.GetTypes()
            .Where(type => type.IsValueType && Array.Exists(
                type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IStringId<>)));

        IdProbe.All.Select(probe => probe.Name).Order().ShouldBe(ids.Select(type => type.Name).Order());
    }

    private static IdProbe Of(string type) => IdProbe.All.Single(probe => probe.Name == type);

    private abstract class IdProbe
    {
        public static readonly IReadOnlyList<IdProbe> All =
        [
            new IdProbe<AccountId>(),
            new IdProbe<AttachmentId>(),
            new IdProbe<ConversationId>(),
            new IdProbe<EventId>(),
            new IdProbe<MediaFile>(),
            new IdProbe<IdempotencyKey>(),
            new IdProbe<InstagramAccountId>(), new IdProbe<InstagramMessageId>(), new IdProbe<InstagramUserId>(), new IdProbe<MessageId>(),
            new IdProbe<MessagingChannelId>(), new IdProbe<UploadId>(),
        ];

        public abstract string Name { get; }

        public abstract void TakesAndTravels(string text);

        public abstract void Refuses(string? text);

        public abstract bool IsTotal(string? text);

        public abstract void DefaultIsUnusable();
    }

    private sealed class IdProbe<TId> : IdProbe
        where TId : struct, IStringId<TId>
    {
        public override string Name => typeof(TId).Name;

        public override void TakesAndTravels(string text)
        {
            TId.TryParse(text, out var id).ShouldBeTrue();
            id.Value.ShouldBe(text);
            id.ToString().ShouldBe(text);
            IStringId<TId>.Parse(text).ShouldBe(id);
            var json = JsonSerializer.Serialize(id);
            json.ShouldBe(JsonSerializer.Serialize(text));
            JsonSerializer.Deserialize<TId>(json).ShouldBe(id);
            var keyed = JsonSerializer.Serialize(new Dictionary<TId, int> { [id] = 1 });
            JsonSerializer.Deserialize<Dictionary<TId, int>>(keyed)!.Keys.ShouldBe([id]);
        }

        public override void Refuses(string? text)
        {
            TId.TryParse(text, out var id).ShouldBeFalse();
            id.ShouldBe(default);
            Should.Throw<FormatException>(() => IStringId<TId>.Parse(text!));
            Should.Throw<JsonException>(() => JsonSerializer.Deserialize<TId>(JsonSerializer.Serialize(text)));
            Should.Throw<JsonException>(() => JsonSerializer.Deserialize<TId>("1"));
        }

        public override bool IsTotal(string? text) =>
            !TId.TryParse(text, out var id)
                || (id.Value == text && JsonSerializer.Deserialize<TId>(JsonSerializer.Serialize(id)).Equals(id));

        public override void DefaultIsUnusable()
        {
            Should.Throw<InvalidOperationException>(() => default(TId).Value);
            Should.Throw<InvalidOperationException>(() => JsonSerializer.Serialize(default(TId)));
            default(TId).ToString().ShouldBe("");
        }
    }
}
