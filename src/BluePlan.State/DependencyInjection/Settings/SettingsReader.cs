using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace BluePlan.State;

/// <summary>Reads a section of the configuration into options and notes every fault, or only looks for faults.</summary>
internal sealed class SettingsReader
{
    private readonly List<string> _faults = [];

    /// <summary>A sentence for every fault, each with the path of what is wrong.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Whether a value could not be read at all, so that whatever binds it fails as well.</summary>
    public bool HasUnreadable { get; private set; }

    /// <summary>Reads a section.</summary>
    /// <param name="shape">What it may hold.</param>
    /// <param name="section">The section.</param>
    /// <param name="target">The options to set; null = it is only looked at.</param>
    /// <param name="others">Names that others read.</param>
    /// <param name="isShared">Whether it also holds what is not ours, so that only what is nearly the name of a setting is a fault.</param>
    public void Read(SettingsShape shape, IConfiguration section, object? target, IReadOnlyCollection<string>? others = null, bool isShared = false)
    {
        if (section is IConfigurationSection { Value: { Length: > 0 } } value)
        {
            Add(value, $"has a value, but it is a section with settings of its own: {Names(shape)}.");
            return;
        }
        foreach (var child in section.GetChildren())
        {
            if (shape.Members.TryGetValue(child.Key, out var member)) Read(member, child, target);
            else if (others?.Contains(child.Key, StringComparer.OrdinalIgnoreCase) is not true) AddUnknown(shape, child, isShared);
        }
    }

    /// <summary>Notes that a section is missing where another one has nearly its name.</summary>
    public void Missing(IConfigurationSection section, IConfiguration root)
    {
        var siblings = ConfigurationPath.GetParentPath(section.Path) is { } parent ? root.GetSection(parent).GetChildren() : root.GetChildren();
        if (NearestName.Of(section.Key, siblings.Where(static s => s.GetChildren().Any()).Select(static s => s.Key)) is { } near)
            _faults.Add($"{section.Path} is missing, but there is a section '{near}'. Rename it to '{section.Key}'.");
    }

    private void Read(SettingsMember member, IConfigurationSection section, object? target)
    {
        if (member.Section is { } shape)
        {
            Read(shape, section, target is null ? null : member.Property.GetValue(target));
        }
        else if (member.Items is not null)
        {
            ReadItems(member, section, target is null ? null : (IDictionary)member.Property.GetValue(target)!);
        }
        else if (section.GetChildren().Any())
        {
            Add(section, "has settings below it, but it is a single value.");
        }
        else if (section.Value is not { } text || (text.Length == 0 && member.IsNullable && member.ValueType != typeof(string)))
        {
            if (target is not null && member.IsNullable) member.Property.SetValue(target, null);
        }
        else
        {
            var read = SettingsValue.Read(member.ValueType, text, out var fault);
            if (fault is not null) Add(section, fault);
            else if (target is not null) member.Property.SetValue(target, read);
            HasUnreadable |= fault is not null && (member.ValueType != typeof(TimeSpan) || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _));
        }
    }

    private void ReadItems(SettingsMember member, IConfigurationSection section, IDictionary? target)
    {
        if (section.Value is { Length: > 0 }) Add(section, $"has a value, but it is a list of objects, each with {Names(member.Items!)}.");
        foreach (var child in section.GetChildren())
        {
            var isElement = child.Key.All(char.IsAsciiDigit);
            if (isElement && child.Value is null or "" && string.IsNullOrEmpty(child[nameof(TokenPrice.Model)])) Add(child, $"has no {nameof(TokenPrice.Model)}: each element of the list names its model.");
            var item = target is null ? null : target[child.Key] ?? member.NewItem!();
            Read(member.Items!, child, item);
            if (target is not null) target[child.Key] = item;
        }
    }

    private void AddUnknown(SettingsShape shape, IConfigurationSection section, bool isShared)
    {
        var near = NearestName.Of(section.Key, shape.Members.Keys);
        if (near is not null) Add(section, $"is not a setting. Did you mean '{near}'?");
        else if (isShared) return;
        else if (shape.Members.ContainsKey(nameof(TokenPrice.Model)) && section.GetChildren().Any())
            Add(section, $"is not a setting. A colon separates sections, so a model whose name holds one is written in a list: [{{ \"{nameof(TokenPrice.Model)}\": \"…:{section.Key}\", … }}].");
        else Add(section, $"is not a setting. Known there: {Names(shape)}.");
    }

    private void Add(IConfigurationSection section, string fault) => _faults.Add($"{section.Path} {fault}");

    private static string Names(SettingsShape shape) => string.Join(", ", shape.Members.Keys.Order(StringComparer.Ordinal));
}
