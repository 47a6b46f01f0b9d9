using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Access;

/// <summary>Hashes and checks passwords: PBKDF2 with HMAC-SHA512, salted, as ASP.NET Core Identity writes it.</summary>
internal sealed class Passwords : IDisposable
{
    public const int Shortest = 8;
    public const int Longest = 256;

    /// <summary>
    /// OWASP's figure for PBKDF2-HMAC-SHA512 (Password Storage Cheat Sheet, 2023); about a tenth of a second of one core.
    /// </summary>
    private const int Iterations = 210_000;

    /// <summary>
    /// How many sign-ins may wait; more are refused. Each costs a tenth of a second, and nobody waits longer than seconds.
    /// </summary>
    private const int MostWaiting = 50;

    /// <summary>The type parameter is for hashers that look at the user; this one does not.</summary>
    private readonly PasswordHasher<object> _hasher;

    /// <summary>One at a time: a flood of sign-ins must not take the cores from the webhooks, which share the process.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    private readonly Lazy<string> _nobodys;
    private int _waiting;

    public Passwords()
        : this(Iterations)
    {
    }

    /// <summary>With another figure: tests sign in some hundred times, and most of them are about something else.</summary>
    internal Passwords(int iterations)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        _nobodys = new Lazy<string>(() => Hash("the password of nobody"));
    }

    /// <summary>Says what is wrong with a new password; null when nothing is.</summary>
    public static string? Fault(string? username, string? password) => password switch
    {
        null or { Length: < Shortest or > Longest } => $"A password has {Shortest} to {Longest} characters.",
        _ when string.Equals(username, password, StringComparison.OrdinalIgnoreCase) => "The password is the username.",
        _ when password.Distinct().Count() < 4 => "The password has fewer than 4 different characters.",
        _ => null,
    };

    /// <summary>Hashes a password; slow on purpose, so never inside a unit of work.</summary>
    public string Hash(string password) => _hasher.HashPassword(this, password);

    /// <summary>Checks a password. With no hash (no such user) it takes as long and says no.</summary>
    /// <param name="hash">The user's hash; null when there is no user.</param>
    /// <param name="password">What was given.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn.</param>
    /// <returns>Whether it is right; null when too many others wait.</returns>
    public async Task<bool?> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MostWaiting) return null;
            await _turn.WaitAsync(cancellationToken);
            try
            {
                var right = _hasher.VerifyHashedPassword(this, hash ?? _nobodys.Value, password) != PasswordVerificationResult.Failed;
                return right && hash is not null;
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _turn.Dispose();
}
