using InstaMessenger.Store.Data;
using InstaMessenger.Store.Search;

namespace InstaMessenger.Tests.Store.Search;

public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("Is the BLUE one in size M?", "blue", true)]
    [InlineData("Is the BLUE one in size M?", "size bl", true)]
    [InlineData("Is the BLUE one in size M?", "one siz", true)]
    [InlineData("Is the BLUE one in size M?", "lue", false)]
    [InlineData("Is the BLUE one in size M?", "blue green", false)]
    [InlineData("Crème brûlée für Ärzte", "creme BRULEE arz", true)]
    [InlineData("我想买这件衣服", "衣服", true)]
    [InlineData("我想买这件衣服", "衣", true)]
    [InlineData("我想买这件衣服", "服", true)]
    [InlineData("我想买这件衣服", "这件衣服", true)]
    [InlineData("我想买这件衣服", "衣买", false)]
    [InlineData("東京タワーに行きたい", "タワー", true)]
    [InlineData("東京タワーに行きたい", "東京", true)]
    [InlineData("배송 언제 되나요", "언제", true)]
    [InlineData("อยากซื้อเสื้อตัวนี้", "เสื้อ", true)]
    [InlineData("อยากซื้อเสื้อตัวนี้", "รองเท้า", false)]
    [InlineData("هل الكتاب متوفر؟", "متوفر", true)]
    [InlineData("هَلِ الكِتَابُ مُتَوَفِّر؟", "الكتاب", true)]
    [InlineData("أهلا وسهلا", "اهلا", true)]
    [InlineData("love it ❤️ 🎉", "❤", true)]
    [InlineData("love it ❤️ 🎉", "🎉", true)]
    [InlineData("love it ❤️ 🎉", "🔥", false)]
    [InlineData("size 42 or 43", "42", true)]
    [InlineData("@anna_b wrote", "anna_b", true)]
    public void A_text_answers_a_question_in_every_script(string text, string question, bool answers) =>
        (SearchQuestion.Of(question)!.In(text).Count > 0).ShouldBe(answers);

    [Fact]
    public void What_is_no_word_is_no_question()
    {
        foreach (var nothing in (string[])["", " ", "?!…", "​"]) SearchQuestion.Of(nothing).ShouldBeNull();
    }

    [Fact]
    public void A_text_of_any_length_has_a_bounded_number_of_bounded_terms()
    {
        var terms = SearchTerms.Of(string.Join(' ', Enumerable.Range(0, 5_000).Select(n => $"{n}{new string('x', 50)}𝔘𝔘𝔘")));

        terms.Count.ShouldBe(200);
        terms.ShouldAllBe(term => term.Length <= SearchTerm.Longest);
    }

    [Fact]
    public void The_excerpt_shows_what_was_found_and_cuts_no_character()
    {
        const string Text = "Hello, do you still have the blue one? I would like the Blue one in M.";

        var parts = ExcerptPart.Of(Text, SearchQuestion.Of("blue")!.In(Text));

        string.Concat(parts.Select(part => part.Text)).ShouldBe(Text);
        parts.Where(part => part.Hit).Select(part => part.Text).ShouldBe(["blue", "Blue"]);

        var emojis = string.Concat(Enumerable.Repeat("👍", 300)) + "blue" + string.Concat(Enumerable.Repeat("👍", 300));
        var cut = string.Concat(ExcerptPart.Of(emojis, SearchQuestion.Of("blue")!.In(emojis)).Select(part => part.Text));
        cut.Length.ShouldBeLessThan(300);
        cut.EnumerateRunes().ShouldAllBe(rune => rune.Value != 0xFFFD);
    }

    [Fact]
    public void Neighbouring_pairs_are_one_hit()
    {
        const string Text = "我想买这件衣服吗";

        ExcerptPart.Of(Text, SearchQuestion.Of("这件衣服")!.In(Text)).ShouldBe(
            [new ExcerptPart("我想买", false), new ExcerptPart("这件衣服", true), new ExcerptPart("吗", false)]);
    }
}
