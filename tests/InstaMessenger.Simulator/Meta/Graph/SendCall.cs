using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.Simulator.Meta.Graph;

/// <summary><c>POST /{version}/{id|me}/messages</c>.</summary>
internal static class SendCall
{
    public static async Task HandleAsync(GraphContext call)
    {
        var account = call.Account!;
        if (await ReadAsync(call) is not { } request) return;
        if (request.Action is not null)
        {
            await ActAsync(call, request);
            return;
        }

        var fault = call.Meta.SendFaults.Take(account.Id, call.Http.Request.Path);
        await call.Meta.DelayAsync(fault);
        if (fault is { Accepted: false, Kind: not FaultKind.Latency })
        {
            await call.FailAsync(fault);
            return;
        }
        if (await RefusalAsync(call, request) is { } refusal)
        {
            await call.RefuseAsync(refusal);
            return;
        }
        await AcceptAsync(call, request, fault);
    }

    private static async Task AcceptAsync(GraphContext call, SendRequest request, Fault? fault)
    {
        var meta = call.Meta;
        var failing = fault is { Kind: not FaultKind.Latency };
        var comment = request.CommentId is { } id ? meta.Customers.Comment(call.Account!.Id, id) : null;
        // Two at once: the second finds the comment answered.
        if (comment?.TryAnswer() == false)
        {
            await call.RefuseAsync(GraphError.NoPrivateReply);
            return;
        }
        var customer = comment?.Author ?? meta.Customers.Get(call.Account!.Id, request.Recipient);
        var message = new ChatMessage(
            meta.Customers.NewMid(), FromCustomer: false, request.Text, request.AttachmentType, request.AttachmentUrl, meta.Customers.Now)
        {
            MoreUrls = request.MoreUrls,
        };
        meta.Accept(new(call.Account!.Id, call.Host, request.Recipient, request.Text, request.AttachmentType, request.AttachmentUrl,
            message.Mid, message.At, request.Tag, request.ReplyTo, failing ? Name(fault!) : "ok"));
        customer.Append(message);

        var mode = fault is { LosesEcho: true } ? EchoMode.None : meta.EchoMode;
        // The echo of a call that is never answered must not wait for the answer.
        var echoNow = mode == EchoMode.AfterAnswer && fault is { Kind: FaultKind.Hang };
        if (mode == EchoMode.BeforeAnswer) await meta.EchoAsync(customer, message);
        if (echoNow) meta.EchoLater(customer, message);
        if (failing)
        {
            await call.FailAsync(fault!);
        }
        else
        {
            if (fault is not null) call.AddUsage(fault);
            await call.AnswerAsync(new JsonObject { ["recipient_id"] = customer.Igsid, ["message_id"] = message.Mid });
        }
        if (!call.Aborted) await call.Http.Response.CompleteAsync();
        if (mode == EchoMode.AfterAnswer && !echoNow) meta.EchoLater(customer, message);
    }

    private static async Task<SendRequest?> ReadAsync(GraphContext call)
    {
        GraphError? error;
        try
        {
            using var body = await JsonDocument.ParseAsync(call.Http.Request.Body, cancellationToken: call.Http.RequestAborted);
            if (SendRequest.Parse(body.RootElement, out error) is { } request) return request;
        }
        catch (JsonException)
        {
            error = GraphError.Invalid("The request body is not valid JSON.");
        }
        await call.RefuseAsync(error!);
        return null;
    }

    private static async Task ActAsync(GraphContext call, SendRequest request)
    {
        if (call.Meta.OtherFaults.Take(call.Account!.Id, call.Http.Request.Path) is { } fault)
        {
            await call.Meta.DelayAsync(fault);
            if (fault.Kind != FaultKind.Latency)
            {
                await call.FailAsync(fault);
                return;
            }
        }
        var customer = call.Meta.Customers.Find(call.Account.Id, request.Recipient);
        if (call.Meta.EnforceWindow && !(call.Meta.Customers.Now - customer?.LastWroteAt <= TimeSpan.FromHours(24)))
        {
            await call.RefuseAsync(GraphError.OutsideWindow);
            return;
        }
        if (request.ActionMid is { } mid && customer?.Messages.Any(message => message.Mid == mid) is not true)
        {
            await call.RefuseAsync(GraphError.Invalid("The message in payload does not exist."));
            return;
        }
        if (request.Action is "react" or "unreact")
            customer?.Change(request.ActionMid!,
                message => message with { BusinessReaction = request.Action == "react" ? "❤️" : null });
        else
        {
            customer?.Note(request.Action!);
            call.Meta.Feed.Publish("action", () => new { Account = call.Account.Id, Customer = request.Recipient, request.Action });
        }
        await call.AnswerAsync(new JsonObject { ["recipient_id"] = request.Recipient });
    }

    private static async Task<GraphError?> RefusalAsync(GraphContext call, SendRequest request)
    {
        var meta = call.Meta;
        if (request.Recipient.Length is 0 or > 20 || !request.Recipient.All(char.IsAsciiDigit)) return GraphError.UnknownRecipient;
        if (request.CommentId is { } comment)
        {
            if (request.Tag is not null) return GraphError.Invalid("tag is not allowed in a private reply.");
            var known = meta.Customers.Comment(call.Account!.Id, comment);
            if (known is not { IsAnswered: false } || !known.IsRecent(meta.Customers.Now)) return GraphError.NoPrivateReply;
        }
        if (request.Igsid is { } igsid)
        {
            var customer = meta.Customers.Find(call.Account!.Id, igsid);
            if (customer is null && !meta.AllowUnknownRecipients) return GraphError.UnknownRecipient;
            var window = request.Tag is null ? TimeSpan.FromHours(24) : TimeSpan.FromDays(7);
            if (meta.EnforceWindow && !(meta.Customers.Now - customer?.LastWroteAt <= window)) return GraphError.OutsideWindow;
        }
        if (request.ReplyTo is { } mid && meta.Customers.Find(call.Account!.Id, request.Recipient)?.Messages.Any(
            message => message.Mid == mid) is not true) return GraphError.Invalid("The message in reply_to does not exist.");
        foreach (var url in request.AttachmentUrl is { } first ? request.MoreUrls.Prepend(first) : [])
        {
            if ((meta.FetchOutgoingMedia || OutgoingMedia.IsUpload(url))
                && await meta.Media.RefusalAsync(url, request.AttachmentType) is { } refusal) return refusal;
        }
        return null;
    }

    private static string Name(Fault fault) =>
        fault.Kind == FaultKind.Error ? $"{fault.Status} {fault.Code}/{fault.Subcode}" : $"{fault.Kind}";
}
