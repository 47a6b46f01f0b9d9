using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Settings;

/// <summary>Options that are a section of the settings.</summary>
public static class OptionsSection
{
    /// <summary>Binds a section and checks it at start, so that a refusal names the setting: .NET's own names the class.</summary>
    /// <typeparam name="T">The options; what is allowed stands in their attributes.</typeparam>
    /// <param name="section">The section, like <c>Sender</c>.</param>
    public static void AddSection<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new Check<T>(section));
    }

    private sealed class Check<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var faults = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(
                    faults.SelectMany(fault => fault.MemberNames.Select(member => $"{section}:{member}: {fault.ErrorMessage}")));
        }
    }
}
