using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BluePlan.State;

/// <summary>Registers what reads and checks settings in the configuration.</summary>
internal static class SettingsServiceCollectionExtensions
{
    /// <summary>Checks the text of options of a type, once for all that are registered.</summary>
    public static void AddSettingsCheck<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(this IServiceCollection services) where T : class
    {
        if (services.Any(static s => s.ServiceType == typeof(SettingsCheck<T>))) return;
        services.AddSingleton<SettingsCheck<T>>(static s => new(s));
        // Before everything that binds: that would throw at the first value that it cannot read, instead of all.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<T>>(static s => s.GetRequiredService<SettingsCheck<T>>()));
        services.AddSingleton<IValidateOptions<T>>(static s => s.GetRequiredService<SettingsCheck<T>>());
    }

    /// <summary>Binds options of a type to the settings of a store.</summary>
    public static void AddSettingsBinding<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(this IServiceCollection services, StoreRegistration registration, string? section) where T : class
    {
        services.AddSingleton(s => new SettingsBinding<T>(s, registration, section));
        services.AddSingleton<IConfigureOptions<T>>(s => new SettingsBinding<T>(s, registration, section));
    }
}
