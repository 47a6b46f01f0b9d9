using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.Store.Audit;

/// <summary>The audit log: section <c>Audit</c>.</summary>
internal sealed class AuditOptions
{
    /// <summary>How long entries are kept, in days; a year unless set. They hold the addresses of who acted.</summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 365;
}
