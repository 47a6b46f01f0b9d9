using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.Simulator.Sample;

/// <summary>
/// What a demo opens with: conversations of every kind that Instagram has, of today and of last week, answered and not, with windows that
/// are open, about to close and closed.
/// </summary>
internal static class SampleConversations
{
    private static readonly (string Username, string Name, Action<SampleThread> Went)[] All =
    [
        ("mara.lind", "Mara Lind", thread => thread.Ago(Hours(21.6)).Says("Hi! Is the blue jacket still there in M?")
            .Says("I would need it before the weekend 🙏")),
        ("theo_k", "Theo Kramer", thread => thread.Ago(Hours(0.2))
            .RepliesToStory("Where is that lamp from? 😍").Shows("image", "lamp.png")),
        ("yuki.paints", "Yuki Tanaka", thread => thread.Ago(Hours(3)).Says("こんにちは！日本への送料はいくらですか？").Shows("audio", "voice.wav")),
        ("ana.souza", "Ana Souza", thread => thread.Ago(Hours(6)).Says("Which of the two would you take?")
            .Shows("image", "one.png", "two.png").IsAnswered("The second, without a doubt!").Reacts("love", "❤️").Reads()
            .Replies("Then I will take that one. Thank you!")),
        ("omar.haddad", "عمر حداد", thread => thread.Ago(Hours(1.4)).Says("مرحبا، هل توصلون إلى عمّان؟").Says("Do you ship to Amman?")),
        ("lena.vogt", "Lena Vogt", thread => thread.Ago(Hours(9)).ComesFromAdvertisement("Is the offer still on?", "Summer sale: jackets")
            .IsAnswered("Yes, until Sunday.").Reads()),
        ("noah_berg", "Noah Berg", thread => thread.Ago(Hours(0.6)).Taps("Talk to a person", "HUMAN")
            .Says("My parcel says delivered, but nothing is here.").Shows("file", "order.pdf")),
        ("ines.ferreira", "Inês Ferreira", thread => thread.Ago(Hours(2.2)).Shares("ig_post", "New in: the linen collection")
            .Says("Does this one come in green?")),
        ("kofi.m", "Kofi Mensah", thread => thread.Ago(Hours(20.5)).Shares("ig_reel", "How our bags are made").Plays("like_heart")),
        ("sofia.rossi", "Sofia Rossi", thread => thread.Ago(Hours(4)).Shows("story_mention", "story.png")
            .Says("Look what arrived today!")),
        ("jonas.w", "Jonas Weber", thread => thread.Ago(Hours(12)).Says("I want to return teh shoes").Edits("I want to return the shoes")
            .IsAnswered("Of course. What is your order number?").Reads().Says("It is 4711, and my address is…").Unsends()
            .Says("4711")),
        ("priya.nair", "Priya Nair", thread => thread.Ago(Hours(23)).Plays("product").Plays("quick_reply")),
        ("emil.novak", "Emil Novák", thread => thread.Ago(Hours(9 * 24)).Says("Do you still have gift cards?")
            .IsAnswered("We do, from 20 to 200 euros.").Reads().Says("Great, I will come by.")),
        ("chloe.martin", "Chloé Martin", thread => thread.Ago(Hours(3 * 24)).Says("Can I change the size of order 1180?")
            .Says("Hello? Is somebody there?")),
        ("diego_r", "Diego Ramos", thread => thread.Ago(Hours(5)).Plays("ephemeral").Plays("location").Plays("is_unsupported")
            .Shows("sticker", "sticker.png").Says("Sorry, my cat got the phone 😹")),
    ];

    /// <summary>Makes the customers, who have not written yet.</summary>
    public static IReadOnlyList<Customer> People(MetaStandIn meta, string account) =>
        [.. All.Select((person, n) => meta.Customers.Get(account, $"{200000000000001 + n}", person.Username, person.Name))];

    /// <summary>Plays all that has gone on, and returns when each webhook was posted once.</summary>
    /// <param name="meta">The simulated Meta.</param>
    /// <param name="account">The professional account id.</param>
    /// <param name="media">Where pictures and other files lie, with a slash at its end.</param>
    public static async Task PlayAsync(MetaStandIn meta, string account, string media)
    {
        SampleMedia.PutInto(meta.Cdn, People(meta, account));
        foreach (var (customer, person) in People(meta, account).Zip(All))
        {
            var thread = new SampleThread(meta, customer, media, meta.Clock.GetUtcNow());
            person.Went(thread);
            await thread.PostAsync();
        }
    }

    private static TimeSpan Hours(double hours) => TimeSpan.FromHours(hours);
}
