using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace BluePlan.State;

/// <summary>What a section of the configuration may hold: the public properties of an options type, by name in any case.</summary>
internal sealed class SettingsShape
{
    private static readonly ConcurrentDictionary<Type, SettingsShape> Shapes = new();

    private SettingsShape(PropertyInfo[] properties) =>
        Members = properties.ToDictionary(static p => p.Name, SettingsMember.Of, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, SettingsMember> Members { get; }

    /// <summary>The shape of a type. Its properties are kept by the trimmer, so that reading them needs no generated code.</summary>
    /// <exception cref="InvalidOperationException">A property is of a type that a configuration cannot hold.</exception>
    public static SettingsShape Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>() =>
        Shapes.TryGetValue(typeof(T), out var known) ? known
            : Shapes.GetOrAdd(typeof(T), new SettingsShape(typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)));
}
