namespace BluePlan.State;

/// <summary>Provides the optional settings of a config that is a configuration source.</summary>
public sealed class BluePlanStateConfigurationOptions
{
    /// <summary>Gets or sets the name of the store that keeps the config; <c>null</c>, the default, for the unnamed store.</summary>
    public string? StoreName { get; set; }

    /// <summary>Gets or sets the tenant that the config belongs to; empty, the default, for the default tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>
    /// Gets or sets the section under which the config's members appear, for example <c>Features:Chat</c>; empty, the
    /// default, for the root.
    /// </summary>
    public string Section { get; set; } = "";
}
