using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Metadata;

namespace InstaMessenger.Hosting.Database;

/// <summary>Parameters and values for the statements of <see cref="BulkInsert"/> and <see cref="BulkUpdate"/>.</summary>
internal static class PreparedValues
{
    /// <summary>Adds a parameter and returns its name.</summary>
    public static string AddParameter(this DbCommand command)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{command.Parameters.Count}");
        command.Parameters.Add(parameter);
        return parameter.ParameterName;
    }

    /// <summary>A property's value as the database stores it.</summary>
    public static object? Stored(this IProperty property, object? value) =>
        property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;
}
