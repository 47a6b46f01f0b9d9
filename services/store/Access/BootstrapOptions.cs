namespace InstaMessenger.Store.Access;

/// <summary>
/// The way in to a new installation: section <c>Bootstrap</c>. It is read at start. Once there are users only the key is looked at.
/// </summary>
internal sealed class BootstrapOptions
{
    /// <summary>The first admin's name.</summary>
    public string? AdminUsername { get; set; }

    /// <summary>Their password, 8 to 256 characters. Changing it here later changes nothing.</summary>
    public string? AdminPassword { get; set; }

    /// <summary>
    /// An API key that this admin has from the start: <c>sk_</c> and 40 or more random characters (A to Z, a to z, 0 to 9, - and _). Once
    /// revoked it stays revoked.
    /// </summary>
    public string? ApiKey { get; set; }

    /// <summary>Says what is wrong with what is set; null when nothing is.</summary>
    public string? Fault()
    {
        if (ApiKey is { Length: > 0 } && (!KeySecret.IsWellFormed(ApiKey) || ApiKey.Distinct().Count() < 12))
            return "Bootstrap:ApiKey is weak. Set it to sk_ and 40 or more random characters (letters, digits, - and _).";
        if (string.IsNullOrEmpty(AdminUsername) && string.IsNullOrEmpty(AdminPassword))
            return string.IsNullOrEmpty(ApiKey)
                ? null
                : "Bootstrap:ApiKey needs an owner. Set Bootstrap:AdminUsername and Bootstrap:AdminPassword too.";
        if (Usernames.Fault(AdminUsername) is { } usernameFault) return $"Bootstrap:AdminUsername is not usable. {usernameFault}";
        return Passwords.Fault(AdminUsername, AdminPassword) is { } passwordFault
            ? $"Bootstrap:AdminPassword is weak. {passwordFault}"
            : null;
    }
}
