using BluePlan.State;

namespace Microsoft.Extensions.Configuration;

/// <summary>Adds configs of a store to an app's configuration.</summary>
public static class BluePlanStateConfigurationExtensions
{
    /// <summary>
    /// Adds a config of <see cref="IConfigManager"/> as a configuration source. Its JSON members become keys and values,
    /// and each change, from any process, reloads them.
    /// </summary>
    /// <remarks>
    /// <para><b>Start.</b> The store must be registered with <c>AddBluePlanState</c>. The source is empty until the app's
    /// host starts: then the store is opened and the config is read, before the app's services start. The host waits for
    /// at most ten seconds. Options that are validated when the app starts are validated before that. Without a host,
    /// the source stays empty.</para>
    /// <para><b>Changes.</b> <c>IOptionsMonitor</c> and <c>IOptionsSnapshot</c> of options that are bound to the
    /// configuration show them. A deleted config leaves the source empty.</para>
    /// <para><b>Failures.</b> If the store cannot be reached, or the config cannot be a configuration, the last values stay
    /// and the failure is logged. A config that is not a JSON object needs a <see
    /// cref="BluePlanStateConfigurationOptions.Section"/>. Names that differ in case only are refused, since a
    /// configuration ignores case. A provider without <see cref="BluePlan.State.Storage.StateCapabilities.Watch"/> ends
    /// the start of the host with <see cref="NotSupportedException"/>.</para>
    /// <para>A store's own settings cannot come from it, since they are needed to open the store.</para>
    /// </remarks>
    /// <param name="builder">The configuration.</param>
    /// <param name="configName">The config's name.</param>
    /// <param name="configure">Sets the store, the tenant and the section.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ArgumentException">
    /// The config's name or the tenant is longer than 384 bytes in UTF-8 or not well-formed, or the config's name or the
    /// store's name is empty.
    /// </exception>
    public static IConfigurationBuilder AddBluePlanState(this IConfigurationBuilder builder, string configName, Action<BluePlanStateConfigurationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        StateName.Check(configName);
        var options = new BluePlanStateConfigurationOptions();
        configure?.Invoke(options);
        if (options.StoreName is not null) ArgumentException.ThrowIfNullOrEmpty(options.StoreName, nameof(configure));
        if (options.Tenant is not "") StateName.Check(options.Tenant, nameof(configure));
        ArgumentNullException.ThrowIfNull(options.Section, nameof(configure));
        return builder.Add(new BluePlanStateConfigurationSource(configName, options.StoreName, options.Tenant, options.Section));
    }
}
