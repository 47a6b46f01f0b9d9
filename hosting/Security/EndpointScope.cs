using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Builder;

namespace InstaMessenger.Hosting.Security;

/// <summary>What an endpoint of the API needs of its caller's credential.</summary>
/// <param name="AnyOf">One of these is enough; none for any credential.</param>
public sealed record EndpointScope(Scopes AnyOf)
{
    /// <summary>The policy of endpoints whose caller must prove who they are and nothing more.</summary>
    internal const string AnyCredential = "any credential";

    /// <summary>The policy that asks for it, like <c>read</c> or <c>read or send</c>.</summary>
    internal string Policy => AnyOf == Scopes.None ? AnyCredential : string.Join(" or ", Words(AnyOf));

    /// <summary>The scopes in words.</summary>
    internal static IEnumerable<string> Words(Scopes scopes) => scopes.Each().Select(scope => scope.ToString().ToLowerInvariant());
}

/// <summary>
/// Declares which scope endpoints need. Each must: an endpoint that declares none needs <see cref="Scopes.Manage"/>, and a test names it.
/// </summary>
public static class EndpointScopeSetup
{
    /// <summary>Lets in credentials that have one of the scopes.</summary>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <param name="anyOf">One of these is enough.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Scopes anyOf)
        where TBuilder : IEndpointConventionBuilder
    {
        var scope = new EndpointScope(anyOf);
        endpoint.Add(ApiCall.Mark);
        endpoint.Add(ApiCall.RefuseMembers);
        return endpoint.WithMetadata(scope).RequireAuthorization(scope.Policy);
    }

    /// <summary>Lets anybody in, by the same rules for URL and body as all calls: whoever signs in has no credential yet.</summary>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <returns>The same endpoint.</returns>
    public static TBuilder NeedsNoCredential<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(ApiCall.Mark);
        return endpoint.AllowAnonymous();
    }
}
