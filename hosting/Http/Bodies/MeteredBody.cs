using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>
/// A request's body under the deadline and the budget. Nearly every body is there as a whole at the first look, and costs neither a timer
/// nor the budget's lock. Only a body whose rest must be awaited does.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="inner">Its body.</param>
/// <param name="budget">What all bodies together may hold.</param>
/// <param name="clock">Measures the deadline.</param>
/// <param name="deadline">How long the whole body may take.</param>
/// <param name="isHeld">Whether what was read of it is held until its rest has come, as most endpoints do.</param>
internal sealed class MeteredBody(
    HttpContext context, PipeReader inner, BodyBudget budget, TimeProvider clock, TimeSpan deadline, bool isHeld)
    : PipeReader, IRequestBodyPipeFeature
{
    private ReadOnlySequence<byte> _buffer;
    private string? _address;
    private ITimer? _timer;
    private long _consumed;
    private long _taken;
    private volatile bool _late;

    public PipeReader Reader => this;

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        result = Judged(result);
        return true;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (inner.TryRead(out var result)) return Judged(result);
        _timer ??= clock.CreateTimer(static body => ((MeteredBody)body!).End(), this, deadline, Timeout.InfiniteTimeSpan);
        return Judged(await inner.ReadAsync(cancellationToken));
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var read = _buffer.Slice(0, consumed).Length;
        if (isHeld) _consumed += read;
        else GiveBack(Math.Min(read, _taken));
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <summary>Gives back what was taken. The request is over, and so is whatever was made of its body.</summary>
    public void Release()
    {
        _timer?.Dispose();
        GiveBack(_taken);
    }

    private void GiveBack(long bytes)
    {
        if (bytes > 0) budget.GiveBack(_address!, bytes);
        _taken -= bytes;
    }

    private ReadResult Judged(ReadResult result)
    {
        if (_late && !result.IsCompleted)
            throw Refused(
                result,
                StatusCodes.Status408RequestTimeout,
                FormattableString.Invariant($"The body did not come within {deadline.TotalSeconds} s."));
        _buffer = result.Buffer;
        if (result.IsCompleted)
        {
            _timer?.Dispose();
            return result;
        }

        var more = _consumed + _buffer.Length - _taken;
        if (more <= 0) return result;
        if (!budget.TryTake(_address ??= ClientAddress.Of(context), more))
            throw Refused(result, StatusCodes.Status503ServiceUnavailable, "Too many unfinished requests are held just now. Try again.");
        _taken += more;
        return result;
    }

    private BodyRefusedException Refused(ReadResult result, int status, string why)
    {
        // Ends this read, which gives its memory back, and lets the server throw the rest away.
        inner.AdvanceTo(result.Buffer.End);
        // Nothing more of it is read: the connection is of no use to either side.
        if (!context.Response.HasStarted) context.Response.Headers.Connection = "close";
        return new BodyRefusedException(status, why);
    }

    private void End()
    {
        _late = true;
        inner.CancelPendingRead();
    }
}
