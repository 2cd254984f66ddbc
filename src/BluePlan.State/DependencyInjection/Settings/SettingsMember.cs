using System.Reflection;

namespace BluePlan.State;

/// <summary>One property of an options type: a value, a section with a shape of its own, or a map of such sections.</summary>
internal sealed class SettingsMember
{
    // The sections and maps that there are: each names its type, so that the trimmer keeps the properties.
    private static readonly Dictionary<Type, Func<SettingsShape>> Sections = new()
    {
        [typeof(FileStateOptions)] = SettingsShape.Of<FileStateOptions>,
        [typeof(SessionManagerOptions)] = SettingsShape.Of<SessionManagerOptions>,
        [typeof(HistoryManagerOptions)] = SettingsShape.Of<HistoryManagerOptions>,
        [typeof(TokenUsageManagerOptions)] = SettingsShape.Of<TokenUsageManagerOptions>,
        [typeof(ConfigManagerOptions)] = SettingsShape.Of<ConfigManagerOptions>,
        [typeof(LockManagerOptions)] = SettingsShape.Of<LockManagerOptions>,
        [typeof(MaintenanceOptions)] = SettingsShape.Of<MaintenanceOptions>,
    };

    private static readonly Dictionary<Type, (Func<SettingsShape> Shape, Func<object> New)> Maps = new()
    {
        [typeof(IDictionary<string, TokenPrice>)] = (SettingsShape.Of<TokenPrice>, static () => new TokenPrice()),
    };

    private SettingsMember(PropertyInfo property) => Property = property;

    public PropertyInfo Property { get; }

    /// <summary>The shape, if it is a section; otherwise, null.</summary>
    public SettingsShape? Section { get; private init; }

    /// <summary>The shape of its sections, if it is a map; otherwise, null.</summary>
    public SettingsShape? Items { get; private init; }

    /// <summary>Creates the options of a section of a map.</summary>
    public Func<object>? NewItem { get; private init; }

    /// <summary>The type of its value, without <see cref="Nullable{T}"/>.</summary>
    public Type ValueType => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Whether it may be null.</summary>
    public bool IsNullable => !Property.PropertyType.IsValueType || Nullable.GetUnderlyingType(Property.PropertyType) is not null;

    public static SettingsMember Of(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (Sections.TryGetValue(type, out var section)) return new(property) { Section = section() };
        if (Maps.TryGetValue(type, out var map)) return new(property) { Items = map.Shape(), NewItem = map.New };
        var member = new SettingsMember(property);
        return property.CanWrite && SettingsValue.IsKnown(member.ValueType) ? member
            : throw new InvalidOperationException($"{property.DeclaringType?.Name}.{property.Name} is of type {type}, which is none of those that {nameof(SettingsMember)} knows from the configuration. Add it there.");
    }
}
