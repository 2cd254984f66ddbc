using System.Diagnostics.CodeAnalysis;
using BluePlan.State;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Options that follow a config in a store.</summary>
public static class BluePlanStateOptionsBuilderExtensions
{
    /// <summary>
    /// Takes the options from a config of <see cref="IConfigManager"/> and follows it: <see cref="IOptionsMonitor{TOptions}"/> shows each change, from any process, within moments;
    /// <see cref="IOptionsSnapshot{TOptions}"/> in the next scope; <see cref="IOptions{TOptions}"/> stays as it was when it was first looked at.
    /// </summary>
    /// <remarks>
    /// <para><b>What wins.</b> The config is the whole value: while it is there, <c>Configure</c> and <c>Bind</c> have no say, and <c>PostConfigure</c> and <c>Validate</c> act on it. While it is not
    /// there, not yet or deleted, the options are what <c>Configure</c> and <c>Bind</c> make of them, so those are the place for defaults. All who look at one version share one object: do not change it.</para>
    /// <para><b>Startup.</b> A host reads the config before it starts its services; who looks at the options earlier, as <c>ValidateOnStart</c> does, or without a host, waits for the
    /// first answer of the store, for at most ten seconds. When the store cannot answer, the host starts with the defaults and the options change once it can.</para>
    /// <para><b>Failures.</b> When the store cannot be reached, or a new value cannot be read or does not validate, the last good value stays, the failure is logged, and it is tried again: after
    /// one second, then ever more slowly, up to once a minute. What can never work is thrown to whoever looks at the options, and ends a host's start: a provider without
    /// <see cref="BluePlan.State.Storage.StateCapabilities.Watch"/>, or a type that no JSON context knows.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the options, as which the config is read.</typeparam>
    /// <param name="options">The options. Calling it again for the same options takes the place of the earlier call.</param>
    /// <param name="configName">The config's name, in the default tenant.</param>
    /// <param name="storeName">The name of the store that keeps it; null = the unnamed store.</param>
    /// <exception cref="ArgumentException">The config's name is empty, longer than 384 bytes in UTF-8 or not well-formed; the store's name is empty; or these are the settings of that very store.</exception>
    public static OptionsBuilder<T> FromBluePlanConfig<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(
        this OptionsBuilder<T> options, string configName, string? storeName = null) where T : class
    {
        ArgumentNullException.ThrowIfNull(options);
        StateName.Check(configName);
        if (storeName is not null) ArgumentException.ThrowIfNullOrEmpty(storeName);
        if (typeof(T) == typeof(BluePlanStateOptions) && options.Name == (storeName ?? Options.Options.DefaultName))
            throw new ArgumentException("A store cannot keep its own settings: they are needed to open it. Keep them in another store, or in IConfiguration.", nameof(options));

        var (services, name) = (options.Services, options.Name);
        var isNew = !services.Any(s => s.IsKeyedService && s.ServiceType == typeof(ConfigOptionsFollower<T>) && Equals(s.ServiceKey, name));
        services.RemoveAllKeyed<ConfigOptionsFollower<T>>(name);
        services.AddKeyedSingleton(name, (provider, _) => new ConfigOptionsFollower<T>(provider, name, configName, storeName));
        if (!isNew) return options;

        services.AddSingleton<IOptionsChangeTokenSource<T>>(provider => provider.GetRequiredKeyedService<ConfigOptionsFollower<T>>(name));
        services.AddSingleton<IConfigOptionsFollower>(provider => provider.GetRequiredKeyedService<ConfigOptionsFollower<T>>(name));
        services.Replace(ServiceDescriptor.Transient<IOptionsFactory<T>, ConfigOptionsFactory<T>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ConfigOptionsStartup>());
        return options;
    }
}
