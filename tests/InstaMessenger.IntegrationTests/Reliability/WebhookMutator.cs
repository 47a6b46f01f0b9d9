using System.Text;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Breaks webhooks. The same number gives the same body, so that one that does harm can be made again.</summary>
internal sealed class WebhookMutator(string account, string customer, DateTimeOffset at)
{
    private static readonly string[] Values =
    [
        "null",
        "true",
        "{}",
        "[]",
        "[[]]",
        "\"\"",
        "0",
        "-1",
        "1e400",
        "-1E-999999999",
        "99999999999999999999999999999999999999",
        "1.5",
        "9223372036854775808",
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud83d\"",
        "[null]",
        "{\"id\":null}",
        "\"-9223372036854775809\"",
        "8640000000000001",
    ];

    /// <summary>Fields of a change, among them the names of handlers, whose part then may be anything.</summary>
    private static readonly string[] Fields =
        ["messages", "messages", "message_edit", "reaction", "read", "postback", "referral", "message_deleted", "comments", "mentions"];

    private static readonly byte[][] Odd =
    [
        [], "null"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "\"\""u8.ToArray(),
        "{\"object\":\"instagram\"}"u8.ToArray(), "{\"object\":\"instagram\",\"entry\":[null]}"u8.ToArray(),
        [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'], [0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0], [0],
        "{\"entry\":[{\"messaging\":[{}]}]}"u8.ToArray(),
    ];

    public byte[] Make(int number)
    {
        var random = new Random(number);
        var body = MetaPayloads.Bytes(Whole(random, $"mutant{number}"));
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            try
            {
                body = Mutate(body, random);
            }
            catch (Exception error) when (error is InvalidOperationException or ArgumentException)
            {
                // The mutation before left what our own JSON writer refuses, like half a surrogate pair.
                body = FlipBits(body, random);
            }
        }

        return body;
    }

    private static byte[] Mutate(byte[] body, Random random) => random.Next(13) switch
    {
        0 => FlipBits(body, random),
        1 => body[..random.Next(body.Length + 1)],
        2 => InsertValue(body, random, Nested(random)),
        3 or 4 or 5 or 6 => InsertValue(body, random, Values[random.Next(Values.Length)]),
        7 => Insert(body, random, [0]),
        8 => RepeatKey(body, random),
        9 => Odd[random.Next(Odd.Length)],
        10 => EscapeName(body, random),
        11 => [.. body[..random.Next(body.Length + 1)], .. body[random.Next(body.Length + 1)..]],
        _ => random.Next(50) == 0 ? InsertValue(body, random, '"' + new string('x', 200_000) + '"') : RemoveMember(body, random),
    };

    private JsonObject Whole(Random random, string mid)
    {
        JsonObject[] items =
        [
            MetaPayloads.Text(account, customer, mid, "a text", at),
            MetaPayloads.Reply(account, customer, mid, "an answer", "another", at),
            MetaPayloads.Attachments(
                account,
                customer,
                mid,
                at,
                MetaPayloads.AttachmentPart("image", "https://cdn.example/1"),
                MetaPayloads.AttachmentPart("video", "https://cdn.example/2")),
            MetaPayloads.React(account, customer, mid, "love", "❤️", at),
            MetaPayloads.Read(account, customer, mid, at),
            MetaPayloads.Postback(account, customer, mid, "A title", "PAYLOAD", at),
            MetaPayloads.Edit(account, customer, mid, "an edit", 1, at),
            MetaPayloads.Edit(account, customer, mid, null, 0, at),
            MetaPayloads.Unreact(account, customer, mid, at),
            MetaPayloads.ReadUpTo(account, customer, at, at),
            MetaPayloads.Unsend(account, customer, mid, at),
            MetaPayloads.EchoUnsend(account, customer, mid, at),
            MetaPayloads.Echo(account, customer, mid, "an echo", at),
            MetaPayloads.Referral(account, customer, "a reference", "SHORTLINK", at),
            MetaPayloads.StoryMention(account, customer, mid, "https://cdn.example/3", at),
            MetaPayloads.QuickReply(account, customer, mid, "Yes", "YES", at),
            MetaPayloads.Unsupported(account, customer, mid, at),
            MetaPayloads.Optin(account, customer, "a reference", at),
            MetaPayloads.PassThreadControl(account, customer, "123", at),
        ];
        var item = items[random.Next(items.Length)];
        return random.Next(8) switch
        {
            0 => MetaPayloads.Standby(account, at, item),
            1 => MetaPayloads.Changes(account, at, Fields[random.Next(Fields.Length)], item),
            2 => MetaPayloads.Flat(account, at, Fields[random.Next(Fields.Length)], item),
            3 => MetaPayloads.Batch(MetaPayloads.Envelope(account, at, item), MetaPayloads.DashboardTest()),
            // What a member holds, without the member and without the sides.
            4 => MetaPayloads.Changes(
                account, at, Fields[random.Next(Fields.Length)], (JsonObject)item.Last(member => member.Value is JsonObject).Value!),
            5 => Mixed(MetaPayloads.Envelope(account, at, item), item),
            _ => MetaPayloads.Envelope(account, at, item, items[random.Next(items.Length)]),
        };
    }

    /// <summary>An entry of two shapes, and a member that is called like a handler.</summary>
    private JsonObject Mixed(JsonObject body, JsonObject item)
    {
        var entry = body["entry"]![0]!.AsObject();
        entry["field"] = "reaction";
        entry["value"] = item.DeepClone();
        entry["messaging"]!.AsArray().Add(MetaPayloads.Item(customer, account, at, "message_deleted", new() { ["mid"] = "m" }));
        return body;
    }

    private static byte[] FlipBits(byte[] body, Random random)
    {
        byte[] flipped = [.. body];
        for (var flips = random.Next(1, 9); flips > 0 && flipped.Length > 0; flips--)
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static byte[] Insert(byte[] body, Random random, byte[] what)
    {
        var place = random.Next(body.Length + 1);
        return [.. body[..place], .. what, .. body[place..]];
    }

    private static string Nested(Random random)
    {
        var depth = random.Next(5) == 0 ? random.Next(64, 20_000) : random.Next(1, 64);
        return random.Next(2) == 0
            ? new string('[', depth) + new string(']', depth)
            : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
    }

    /// <summary>Puts a value of another type or of no sense in the place of a member's.</summary>
    private static byte[] InsertValue(byte[] body, Random random, string value)
    {
        const string Marker = "the value goes here";
        if (Pick(body, random) is not var (root, members, name)) return Insert(body, random, Encoding.ASCII.GetBytes(value));
        members[name] = Marker;
        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace($"\"{Marker}\"", value, StringComparison.Ordinal));
    }

    private static byte[] RemoveMember(byte[] body, Random random)
    {
        if (Pick(body, random) is not var (root, members, name)) return body[..(body.Length / 2)];
        members.Remove(name);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>The same name in other words: JSON may write <c>mid</c> as <c>\u006d\u0069\u0064</c>.</summary>
    private static byte[] EscapeName(byte[] body, Random random)
    {
        if (Pick(body, random) is not var (root, _, name)) return FlipBits(body, random);
        var escaped = string.Concat(name.Select(letter => $"\\u{(int)letter:x4}"));
        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace($"\"{name}\":", $"\"{escaped}\":", StringComparison.Ordinal));
    }

    private static byte[] RepeatKey(byte[] body, Random random)
    {
        var text = Encoding.Latin1.GetString(body);
        var places = Enumerable.Range(0, text.Length).Where(index => text[index] == '{').ToList();
        if (places.Count == 0) return body;
        string[] keys = ["object", "entry", "id", "messaging", "sender", "recipient", "timestamp", "message", "mid", "text"];
        var member = $"\"{keys[random.Next(keys.Length)]}\":{Values[random.Next(Values.Length)]},";
        return Encoding.Latin1.GetBytes(text.Insert(places[random.Next(places.Count)] + 1, member));
    }

    private static (JsonNode Root, JsonObject Members, string Name)? Pick(byte[] body, Random random)
    {
        try
        {
            if (JsonNode.Parse(body) is not JsonObject root) return null;
            var all = MembersOf(root).ToList();
            if (all.Count == 0) return null;
            var (members, name) = all[random.Next(all.Count)];
            return (root, members, name);
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            // Broken by the mutation before: the bytes are all there is.
            return null;
        }
    }

    private static IEnumerable<(JsonObject Members, string Name)> MembersOf(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => MembersOf(member.Value).Prepend((members, member.Key))),
        JsonArray list => list.SelectMany(MembersOf),
        _ => [],
    };
}
