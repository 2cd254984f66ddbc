using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BluePlan.State;

/// <summary>Options of one store and where its settings in the configuration are; binds them to it.</summary>
/// <param name="services">The services.</param>
/// <param name="registration">The store.</param>
/// <param name="section">The section below that of the store; null = the store's own.</param>
internal sealed class SettingsBinding<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IServiceProvider services, StoreRegistration registration, string? section)
    : IConfigureNamedOptions<T> where T : class
{
    public string Name => registration.OptionsName;

    /// <summary>The section, once the builder has bound one.</summary>
    public IConfigurationSection? Section => registration.ConfigurationPath is { } path
        ? services.GetRequiredService<IConfiguration>().GetSection(section is null ? path : ConfigurationPath.Combine(path, section))
        : null;

    public void Configure(T options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, T options)
    {
        // What is wrong is left as it was; the validator reports it.
        if (name == Name && Section is { } bound) new SettingsReader().Read(SettingsShape.Of<T>(), bound, options);
    }
}
