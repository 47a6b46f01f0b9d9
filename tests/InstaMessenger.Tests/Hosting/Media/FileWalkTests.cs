using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Media.Walks;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests.Hosting.Media;

public sealed class FileWalkTests
{
    private static readonly Dictionary<string, Func<byte[]>> Samples = new()
    {
        ["jpg"] = () => MediaSamples.Jpeg(),
        ["png"] = () => MediaSamples.Png(),
        ["gif"] = MediaSamples.Gif,
        ["mp4"] = () => MediaSamples.Mp4(),
        ["mov"] = () => MediaSamples.Mp4(brand: "qt  "),
        ["wav"] = MediaSamples.Wav,
        ["avi"] = MediaSamples.Avi,
        ["pdf"] = () => MediaSamples.Pdf(),
    };

    public static TheoryData<string> Types => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_whole_file_is_whole_however_it_comes(string type)
    {
        var file = Samples[type]();
        foreach (var step in (int[])[1, 2, 3, 7, 64, 100_000]) EndOf(file, step).ShouldBe(FileEnd.Whole, $"in steps of {step}");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_file_that_is_cut_off_anywhere_is_not_whole(string type)
    {
        var file = Samples[type]();
        // A line end behind the last word of a PDF is nothing that is missing; so is the byte that fills up a WAV.
        for (var length = 12; length < file.Length - 7; length++)
            EndOf(file[..length], 4096).ShouldBe(FileEnd.CutOff, $"{length} of {file.Length} bytes");
    }

    [Theory]
    [InlineData("jpg", "<html><script>alert(1)</script>")]
    [InlineData("png", "<SVG onload=alert(1)>")]
    [InlineData("gif", "<?php system($_GET[0]);")]
    [InlineData("jpg", "PK\u0003\u0004 and the rest of an archive")]
    [InlineData("png", "%PDF-1.7")]
    public void What_is_a_page_or_an_archive_behind_a_picture_makes_it_two_files(string type, string behind) =>
        EndOf([.. Samples[type](), .. System.Text.Encoding.Latin1.GetBytes(behind)], 5).ShouldBe(FileEnd.TwoFiles);

    [Fact]
    public void What_cameras_put_behind_a_picture_is_left_alone() =>
        EndOf([.. MediaSamples.Jpeg(), .. MediaSamples.Jpeg(), .. MediaSamples.Mp4()], 64).ShouldBe(FileEnd.Whole);

    /// <summary>An archive is read from its end. A recording with an open length goes on to the end, whatever stands there.</summary>
    [Theory]
    [InlineData("pdf")]
    [InlineData("webm")]
    [InlineData("ogg")]
    [InlineData("aac")]
    [InlineData("jpg")]
    [InlineData("an open wav")]
    [InlineData("an open mp4")]
    public void What_ends_like_an_archive_is_two_files(string type)
    {
        byte[] file = type switch
        {
            "webm" => MediaSamples.WebM(),
            "ogg" => MediaSamples.Ogg(),
            "aac" => MediaSamples.Aac(),
            "an open wav" => [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8, .. new byte[40]],
            "an open mp4" => [.. MediaSamples.Mp4(), 0, 0, 0, 0, .. "mdat"u8, .. new byte[40]],
            _ => Samples[type](),
        };

        EndOf(file, 64).ShouldBe(FileEnd.Whole);
        EndOf([.. file, .. "PK\u0005\u0006"u8, .. new byte[18]], 64).ShouldBe(FileEnd.TwoFiles);
    }

    [Fact]
    public void A_script_that_begins_like_a_GIF_is_none() =>
        EndOf([.. "GIF89a/*"u8, .. new byte[20], .. "*/=1;alert(document.domain);"u8], 64).ShouldBe(FileEnd.CutOff);

    private static FileEnd EndOf(byte[] file, int step)
    {
        var walk = FileWalk.Of(MediaSignature.Of(file).ShouldNotBeNull()).ShouldNotBeNull();
        foreach (var part in file.Chunk(step)) walk.Feed(part);
        return walk.End();
    }
}
