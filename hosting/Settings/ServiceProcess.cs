using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Settings;

/// <summary>The life of a process: start, serve, stop.</summary>
public static partial class ServiceProcess
{
    /// <summary>Runs a process to its end.</summary>
    /// <param name="build">Makes the host.</param>
    /// <returns>The exit code: 0, or 1 when it could not start. What stopped the start is one line on the standard error.</returns>
    public static Task<int> RunAsync(Func<WebApplication> build) => RunAsync(build, Console.Error);

    internal static async Task<int> RunAsync(Func<WebApplication> build, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(build);
        PrivateFiles.Begin();
        WebApplication app;
        try
        {
            app = build();
        }
        catch (Exception error)
        {
            return await RefuseAsync(error, errors);
        }

        await using (app)
        {
            try
            {
                // All settings at once: the start makes the workers first, and would end at the one that is wrong for the first of them.
                app.Services.GetService<IStartupValidator>()?.Validate();
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The process was told to stop while it waited for a database.
                return 0;
            }
            catch (Exception error)
            {
                return await RefuseAsync(error, errors);
            }

            await app.WaitForShutdownAsync();
            return 0;
        }
    }

    private static async Task<int> RefuseAsync(Exception error, TextWriter errors)
    {
        // An error that nobody foresaw is ours to mend, and for that its place in the code is needed.
        await errors.WriteLineAsync("InstaMessenger does not start. " + (SentenceOf(error) ?? error.ToString()));
        return 1;
    }

    /// <summary>The sentence of an error that the operator can mend.</summary>
    private static string? SentenceOf(Exception error) => error switch
    {
        // Several settings; or one of two services in one process, which say the same of it.
        AggregateException all when all.InnerExceptions.Select(SentenceOf).Distinct().ToList() is var said && !said.Contains(null) =>
            string.Join(" ", said),
        OptionsValidationException invalid => OneLine(string.Join(" ", invalid.Failures)),
        InvalidOperationException when Unreadable().Match(error.Message) is { Success: true } match =>
            $"{match.Groups["name"].Value}: '{match.Groups["value"].Value}' cannot be read as {match.Groups["type"].Value}.",
        InvalidOperationException => OneLine(error.Message),
        IOException when error.Message.Contains("bind", StringComparison.OrdinalIgnoreCase) => OneLine($"Urls: {error.Message}"),
        UnauthorizedAccessException => OneLine($"{error.Message} The file is read-only, or another user's."),
        SocketException => OneLine($"Urls: cannot listen there: {error.Message}"),
        FormatException when error.Message.Contains("url", StringComparison.OrdinalIgnoreCase) => OneLine($"Urls: {error.Message}"),
        _ => null,
    };

    /// <summary>.NET's words for a value of the wrong type.</summary>
    [GeneratedRegex(
        "^Failed to convert configuration value '(?<value>.*)' at '(?<name>.*)' to type '(?<type>.*)'",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unreadable();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
