using System.ComponentModel.DataAnnotations;

namespace InstaMessenger.Store.Access;

/// <summary>Session tokens: section <c>Jwt</c>.</summary>
internal sealed class JwtOptions
{
    /// <summary>
    /// Base64 of 32 random bytes or more each. The first signs, all verify: to rotate, put a new one first and drop the old one after
    /// <see cref="LifetimeMinutes"/>. At least one is required.
    /// </summary>
    public IList<string> SigningKeys { get; } = [];

    /// <summary>How long a session lasts, in minutes; 12 hours unless set.</summary>
    [Range(1, 60 * 24 * 30)]
    public int LifetimeMinutes { get; set; } = 12 * 60;
}
