namespace InstaMessenger.UiGateway.Proxy;

/// <summary>Where the services are: section <c>Services</c>.</summary>
internal sealed class ServiceAddresses
{
    /// <summary>The public door for Meta.</summary>
    public Uri Ingress { get; set; } = new("http://localhost:8081");

    /// <summary>Conversations, accounts, users, the live stream.</summary>
    public Uri Store { get; set; } = new("http://localhost:8082");

    /// <summary>The ledger of sends.</summary>
    public Uri Sender { get; set; } = new("http://localhost:8083");

    /// <summary>CRM endpoints and deliveries.</summary>
    public Uri CrmForwarder { get; set; } = new("http://localhost:8084");

    public IEnumerable<(string Service, Uri Address)> All() =>
        [(nameof(Ingress), Ingress), (nameof(Store), Store), (nameof(Sender), Sender), (nameof(CrmForwarder), CrmForwarder)];
}
