using Microsoft.Extensions.Configuration;

namespace BluePlan.State;

/// <summary>One config as a source of an app's configuration.</summary>
internal sealed record BluePlanStateConfigurationSource(string ConfigName, string? StoreName, string Tenant, string Section) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new BluePlanStateConfigurationProvider(this);
}
