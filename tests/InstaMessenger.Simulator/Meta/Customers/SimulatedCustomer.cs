namespace InstaMessenger.Simulator.Meta.Customers;

/// <summary>A customer known from the start.</summary>
/// <param name="Account">The professional account id.</param>
/// <param name="Igsid">1 to 20 digits, scoped to the account.</param>
/// <param name="Username">Shown in the profile.</param>
/// <param name="Name">Shown in the profile.</param>
public sealed record SimulatedCustomer(string Account, string Igsid, string Username, string Name);
