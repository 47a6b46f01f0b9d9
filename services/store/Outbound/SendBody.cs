using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Uploads;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// Reads what a client wants to send: JSON, or a form with a file and the same fields, of which those that are no texts are JSON.
/// </summary>
internal sealed class SendBody(UploadForms forms, IConfiguration configuration)
{
    private const int MostJsonBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly string[] NoTexts = ["attachments", "quick_replies", "template", "metadata"];

    /// <summary>Reads a request's body. The form, if it is one, is the caller's to dispose of.</summary>
    public async Task<(SendRequest? Request, UploadForm? Form, ProblemHttpResult? Problem)> ReadAsync(HttpContext context, Caller caller)
    {
        if (UploadForms.IsForm(context.Request)) return await ReadFormAsync(context.Request, caller);
        if (!context.Request.HasJsonContentType()) return (null, null, Problems.Of(
            StatusCodes.Status415UnsupportedMediaType,
            "unsupported_media_type",
            "Send application/json, or multipart/form-data with a file."));
        // The endpoint takes files, and lets in as much as the largest has.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MostJsonBytes;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var (request, problem) = Read(body.RootElement, hasFile: false);
            return (request, null, problem);
        }
        catch (JsonException)
        {
            return (null, null, Unreadable());
        }
    }

    private async Task<(SendRequest? Request, UploadForm? Form, ProblemHttpResult? Problem)> ReadFormAsync(
        HttpRequest request, Caller caller)
    {
        var (form, problem) = await forms.ReadAsync(request, SendRequest.Members, texts => RefusalOf(texts, caller));
        if (form is null) return (null, null, problem);
        var (read, wrong) = ReadForm(form);
        if (read is not null) return (read, form, null);
        await form.DisposeAsync();
        return (null, null, wrong);
    }

    /// <summary>Spares whoever may not send from the account the upload of a file.</summary>
    private static ProblemHttpResult? RefusalOf(IReadOnlyDictionary<string, string> texts, Caller caller) =>
        AccountId.TryParse(texts.GetValueOrDefault("account_id"), out var account) && !caller.CanSee(account)
            ? UploadForms.AccountNotYours()
            : null;

    private (SendRequest? Request, ProblemHttpResult? Problem) ReadForm(UploadForm form)
    {
        try
        {
            var body = ToJson(form, out var errors);
            return errors.Count > 0 ? (null, Problems.Invalid([.. errors])) : Read(body, hasFile: form.File is not null);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or JsonException)
        {
            // Some text in the JSON of a field is no Unicode.
            return (null, Unreadable());
        }
    }

    private (SendRequest? Request, ProblemHttpResult? Problem) Read(JsonElement body, bool hasFile)
    {
        if (body.ValueKind != JsonValueKind.Object) return (null, Unreadable());
        if (BodyFaults.Of(body) is { Count: > 0 } faults) return (null, Problems.Invalid([.. faults]));
        var allowHttp = configuration.GetValue<bool>("Outbound:AllowPrivateAddresses");
        var request = SendRequest.Read(body, allowHttp, out var errors, hasFile);
        return (request, request is null ? Refuse(errors) : null);
    }

    /// <summary>
    /// The form as the JSON body that says the same, with the file's hash for the file: so a key that comes again with other bytes is
    /// recognised.
    /// </summary>
    private static JsonElement ToJson(UploadForm form, out List<(string Field, string Error)> errors)
    {
        errors = [];
        var body = new JsonObject();
        foreach (var (name, text) in form.Fields)
        {
            if (NoTexts.Contains(name)) body[name] = Parse(name, text, errors);
            else if (name == "split" && text is "true" or "false") body[name] = text == "true";
            else body[name] = text;
        }

        if (form.File is { } file) body[UploadForm.FileField] = file.Sha256;
        return JsonSerializer.SerializeToElement(body);
    }

    private static JsonNode? Parse(string name, string text, List<(string Field, string Error)> errors)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException)
        {
            errors.Add((name, "Must be JSON, with no member twice."));
            return null;
        }
    }

    private static ProblemHttpResult Refuse(List<(string Field, string Error)> errors) =>
        errors.Exists(error => error.Field == "message" && error.Error.Contains(" bytes in UTF-8", StringComparison.Ordinal))
            ? Problems.Wrong(StatusCodes.Status422UnprocessableEntity, "text_too_long", "The text is too long: see errors.", [.. errors])
            : Problems.Invalid([.. errors]);

    private static ProblemHttpResult Unreadable() =>
        Problems.Of(StatusCodes.Status400BadRequest, "bad_request", "The body must be one JSON object.");
}
