using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Simulator.Control;

/// <summary>Plays the customers: <c>/control/customers/…</c>.</summary>
internal static class Customers
{
    public static void MapCustomers(this IEndpointRouteBuilder control, MetaStandIn meta)
    {
        control.MapGet("/customers", (string? account) =>
            meta.Customers.All.Where(customer => account is null || customer.Account == account).Select(Describe));
        control.MapPost("/customers", (Person person) =>
            Describe(meta.Customers.Get(person.Account, person.Igsid ?? NewIgsid(meta), person.Username, person.Name)));
        control.MapPatch("/customers/{igsid}", (string igsid, Profile profile) =>
            Describe(Change(meta.Customers.Get(profile.Account, igsid), profile)));
        control.MapGet("/customers/{igsid}/messages", (string igsid, string account) =>
            meta.Customers.Find(account, igsid)?.Messages ?? []);
        control.MapPost("/customers/{igsid}/say", async (string igsid, Saying saying) =>
            new { Mid = await SayAsync(meta.Customers.Get(saying.Account, igsid), saying) });
        control.MapPost("/customers/{igsid}/act", async (string igsid, Act act) =>
            new { Mid = await ActAsync(meta.Customers.Get(act.Account, igsid), act) });
        control.MapGet("/events", () => MetaEvent.All.Select(one => one.Name));
        control.MapPost("/customers/{igsid}/play", async (string igsid, Playing playing, HttpRequest request) =>
        {
            var what = MetaEvent.Called(playing.What);
            await meta.Customers.Get(playing.Account, igsid).PlayAsync(what, playing.Form, $"{request.Scheme}://{request.Host}/cdn/");
            return Results.NoContent();
        });
    }

    internal sealed record Person(string Account, string? Igsid, string? Username, string? Name);

    /// <summary>Null leaves a member as it is.</summary>
    internal sealed record Profile(
        string Account,
        string? Username,
        string? Name,
        ProfileAccess? Access,
        long? Followers,
        bool? FollowsBusiness,
        bool? FollowedByBusiness,
        bool? IsVerified);

    /// <summary>A text, or an attachment with its type and URL.</summary>
    internal sealed record Saying(string Account, string? Text, string? AttachmentType, string? AttachmentUrl);

    /// <summary>Anything that Meta posts, by its name.</summary>
    internal sealed record Playing(string Account, string What, EntryForm Form = EntryForm.Messaging);

    internal enum Doing
    {
        React,
        Unreact,
        Unsend,
        Edit,
        Read,
        Reply,
        StoryReply,
        Tap,
        Comment,

        /// <summary>The business answers in the Instagram app, without the API.</summary>
        HearFromApp,

        /// <summary>The business takes a message of its own back, in the Instagram app.</summary>
        UnsendInApp,

        /// <summary>The customer writes <c>Text</c>, at <c>At</c>, and no webhook is posted: only the conversations API shows it.</summary>
        WriteUnseen,

        /// <summary>Moves the customer's last message in time: <c>At</c>.</summary>
        PretendWroteAt,
    }

    internal sealed record Act(
        string Account, Doing Action, string? Mid, string? Text, string? Payload, string? Url, DateTimeOffset? At,
        string Reaction = "love", string Emoji = "❤️");

    private static Task<string> SayAsync(Customer customer, Saying saying) =>
        saying.AttachmentType is { } type ? customer.ShowAsync(type, saying.AttachmentUrl)
        : saying.Text is { Length: > 0 } text ? customer.SayAsync(text)
        : throw new BadHttpRequestException("Give a text or an attachment_type.");

    private static async Task<string?> ActAsync(Customer customer, Act act)
    {
        string Mid() => act.Mid ?? throw new BadHttpRequestException("This action needs a mid.");
        string Text() => act.Text ?? throw new BadHttpRequestException("This action needs a text.");
        switch (act.Action)
        {
            case Doing.React: await customer.ReactAsync(Mid(), act.Reaction, act.Emoji); break;
            case Doing.Unreact: await customer.ReactAsync(Mid(), null); break;
            case Doing.Unsend: await customer.UnsendAsync(Mid()); break;
            case Doing.UnsendInApp: await customer.UnsendInAppAsync(Mid()); break;
            case Doing.Edit: await customer.EditAsync(Mid(), Text()); break;
            case Doing.Read: await customer.ReadAsync(act.Mid); break;
            case Doing.Reply: return await customer.ReplyAsync(Mid(), Text());
            case Doing.StoryReply: return await customer.ReplyToStoryAsync(Text(), act.Url ?? "https://example.invalid/story.jpg");
            case Doing.Tap: return await customer.TapAsync(Text(), act.Payload ?? Text());
            case Doing.Comment: return await customer.CommentAsync(Text(), act.At);
            case Doing.HearFromApp: return await customer.HearFromAppAsync(Text());
            case Doing.WriteUnseen: return customer.WroteUnseen(Text(), act.At);
            case Doing.PretendWroteAt: customer.PretendWroteAt(act.At ?? throw new BadHttpRequestException("This action needs at.")); break;
        }
        return act.Mid;
    }

    private static Customer Change(Customer customer, Profile profile)
    {
        customer.Username = profile.Username ?? customer.Username;
        customer.Name = profile.Name ?? customer.Name;
        customer.Profile = profile.Access ?? customer.Profile;
        customer.Followers = profile.Followers ?? customer.Followers;
        customer.FollowsBusiness = profile.FollowsBusiness ?? customer.FollowsBusiness;
        customer.FollowedByBusiness = profile.FollowedByBusiness ?? customer.FollowedByBusiness;
        customer.IsVerified = profile.IsVerified ?? customer.IsVerified;
        return customer;
    }

    private static object Describe(Customer customer) => new
    {
        customer.Account,
        customer.Igsid,
        customer.Username,
        customer.Name,
        Access = customer.Profile,
        customer.Followers,
        customer.FollowsBusiness,
        customer.FollowedByBusiness,
        customer.IsVerified,
        customer.LastWroteAt,
    };

    private static string NewIgsid(MetaStandIn meta) => $"2{meta.Customers.Now.ToUnixTimeMilliseconds()}{Random.Shared.Next(10, 100)}";
}
