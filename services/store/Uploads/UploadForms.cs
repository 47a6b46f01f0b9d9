using System.Text;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Store.Uploads;

/// <summary>
/// Reads <c>multipart/form-data</c> part by part, so that a file goes to the storage as it comes. The framework's own reader would put the
/// whole form on a disk of this machine first. File names are not looked at.
/// </summary>
internal sealed class UploadForms(FileIntake intake)
{
    /// <summary>More than any request has, and few enough that parts without end cost nothing.</summary>
    private const int MostParts = 40;

    private const int MostTextBytes = 64 * 1024;
    private const int LongestBoundary = 70;

    /// <summary>Whether a request holds a form of this kind.</summary>
    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers the same as for an account that is not there, so that nobody can find out which accounts are.</summary>
    public static ProblemHttpResult AccountNotYours() =>
        Problems.Of(StatusCodes.Status403Forbidden, "account_not_yours", "This account is not linked, or not yours to send from.");

    /// <summary>Reads a form.</summary>
    /// <param name="request">One that <see cref="IsForm"/>.</param>
    /// <param name="names">The names of its texts; another one is refused.</param>
    /// <param name="refusal">
    /// Asked with the texts that stand before the file, before any byte of the file is read; null to go on. Texts may come behind it too.
    /// </param>
    /// <returns>The form, or why it was refused; then nothing is kept.</returns>
    public async Task<(UploadForm? Form, ProblemHttpResult? Problem)> ReadAsync(
        HttpRequest request, IReadOnlyCollection<string> names, Func<IReadOnlyDictionary<string, string>, ProblemHttpResult?> refusal)
    {
        var type = MediaTypeHeaderValue.Parse(request.ContentType);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > LongestBoundary)
            return (null, Bad("content_type", $"Needs a boundary of 1 to {LongestBoundary} characters."));
        var parts = new Parts(new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096 }, names);
        ReceivedFile? file = null;
        var isKept = false;
        try
        {
            while (await parts.NextAsync(request.HttpContext.RequestAborted) is { } section)
            {
                if (parts.Count > MostParts) return (null, Bad("body", $"Has more than {MostParts} parts."));
                if (!parts.IsFile)
                {
                    await parts.ReadTextAsync(section, request.HttpContext.RequestAborted);
                    continue;
                }

                if (file is not null) parts.Wrong(UploadForm.FileField, "There is one already: a request has one file.");
                if (parts.Problem is { } faulty) return (null, faulty);
                if (refusal(parts.Texts) is { } refused) return (null, refused);
                (file, var unfit) = await intake.TakeAsync(section.Body, TypeOf(section), request.HttpContext.RequestAborted);
                if (unfit is not null) return (null, unfit);
            }

            if (parts.Problem is { } wrong) return (null, wrong);
            isKept = true;
            return (new UploadForm(parts.Texts, file), null);
        }
        catch (Exception error) when (error is (InvalidDataException or IOException) and not BadHttpRequestException)
        {
            return (null, Bad("body", "It is no multipart/form-data that can be read to its end: a boundary or a part's head is wrong."));
        }
        finally
        {
            if (!isKept && file is not null) await file.DisposeAsync();
        }
    }

    /// <summary>The type that a part is said to have, without parameters; null for none that can be read.</summary>
    private static string? TypeOf(MultipartSection section) =>
        MediaTypeHeaderValue.TryParse(section.ContentType, out var type) ? type.MediaType.ToString() : section.ContentType;

    private static ProblemHttpResult Bad(string field, string why) => Problems.Wrong(
        StatusCodes.Status400BadRequest, "bad_multipart", "The form cannot be read: see errors.", (field, why));

    /// <summary>The parts of one form, one after another.</summary>
    private sealed class Parts(MultipartReader reader, IReadOnlyCollection<string> names)
    {
        private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        private readonly Dictionary<string, string> _texts = [];
        private readonly List<(string Field, string Error)> _errors = [];
        private string _name = "";
        private int _bytes;

        public IReadOnlyDictionary<string, string> Texts => _texts;

        public int Count { get; private set; }

        public bool IsFile => _name == UploadForm.FileField;

        public ProblemHttpResult? Problem => _errors.Count == 0 ? null : Problems.Invalid([.. _errors]);

        public void Wrong(string field, string error) => _errors.Add((field, error));

        public async Task<MultipartSection?> NextAsync(CancellationToken cancellationToken)
        {
            var section = await reader.ReadNextSectionAsync(cancellationToken);
            if (section is null) return null;
            Count++;
            var about = section.GetContentDispositionHeader();
            _name = about is not null && about.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
                ? HeaderUtilities.RemoveQuotes(about.Name).ToString()
                : throw new InvalidDataException("A part is no form-data.");
            return section;
        }

        public async Task ReadTextAsync(MultipartSection section, CancellationToken cancellationToken)
        {
            using var bytes = new MemoryStream();
            var buffer = new byte[4096];
            while (await section.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if ((_bytes += read) > MostTextBytes) throw new InvalidDataException("The texts are too long.");
                bytes.Write(buffer, 0, read);
            }

            // What stands there is repeated to the client only when it could be a name.
            if (!names.Contains(_name)) Wrong(IsName(_name) ? _name : "body", "There is no such field.");
            else if (!_texts.TryAdd(_name, TextOf(bytes))) Wrong(_name, "It is given twice.");
        }

        private static bool IsName(string name) =>
            name.Length is > 0 and <= 64 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');

        private string TextOf(MemoryStream bytes)
        {
            try
            {
                return Utf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
            }
            catch (DecoderFallbackException)
            {
                Wrong(_name, "It is no valid UTF-8.");
                return "";
            }
        }
    }
}
