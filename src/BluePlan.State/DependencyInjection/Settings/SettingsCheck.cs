using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BluePlan.State;

/// <summary>Lists what is wrong with the text of settings, wherever options of a type were bound to the configuration: unknown names, values where sections belong, times that .NET reads otherwise than they are meant.</summary>
/// <remarks>It runs before the options are bound, too, where that would fail at the first value that cannot be read.</remarks>
internal sealed class SettingsCheck<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IServiceProvider services) : IConfigureNamedOptions<T>, IValidateOptions<T> where T : class
{
    public void Configure(T options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, T options)
    {
        var reader = Read(name ?? Options.DefaultName, onlyForeign: true);
        if (reader.HasUnreadable) throw new OptionsValidationException(name ?? Options.DefaultName, typeof(T), reader.Faults);
    }

    public ValidateOptionsResult Validate(string? name, T options) =>
        Read(name ?? Options.DefaultName, onlyForeign: false).Faults is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;

    private SettingsReader Read(string name, bool onlyForeign)
    {
        var (reader, shape) = (new SettingsReader(), SettingsShape.Of<T>());
        var root = services.GetService<IConfiguration>();
        // Below a store's section are also those of provider packages and of the stores that have names.
        string[] others = typeof(T) != typeof(BluePlanStateOptions) ? [] : [.. StoreRegistration.KnownSections, .. services.GetServices<StoreRegistration>().SelectMany(static r => r.Name is null ? r.Sections : [r.Name, .. r.Sections])];
        foreach (var source in services.GetServices<IOptionsChangeTokenSource<T>>())
        {
            if (source.Name != name || BoundConfiguration<T>.Of(source) is not { } bound) continue;
            if (bound is IConfigurationSection section) Check(section);
            // OptionsBuilder.BindConfiguration tells the whole configuration, not which section it binds: it is ours where it has our name.
            else if (bound == root) Check(root.GetSection(StoreRegistration.DefaultSection));
            else reader.Read(shape, bound, null, others, isShared: true);
        }
        if (!onlyForeign)
        {
            foreach (var binding in services.GetServices<SettingsBinding<T>>())
                if (binding.Name == name && binding.Section is { } section) Check(section);
        }
        return reader;

        void Check(IConfigurationSection section)
        {
            reader.Read(shape, section, null, others);
            if (root is not null && !section.Exists()) reader.Missing(section, root);
        }
    }
}
