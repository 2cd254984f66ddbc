using System.Collections.Concurrent;
using System.Text;

namespace BluePlan.State.Redis;

/// <summary>The Lua files of <c>Scripts</c>, which are embedded. A line <c>-- needs: a b</c> puts the helpers of those files before it.</summary>
internal static class ScriptFiles
{
    private const string Needs = "-- needs: ";
    private static readonly ConcurrentDictionary<string, string> Files = new(StringComparer.Ordinal);

    /// <summary>A file as it is.</summary>
    public static string Read(string name) => Files.GetOrAdd(name, static name =>
    {
        using var stream = typeof(ScriptFiles).Assembly.GetManifestResourceStream(name + ".lua") ?? throw new InvalidOperationException($"The script '{name}' is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    });

    /// <summary>A whole script: a file behind the helpers that it needs.</summary>
    public static RedisScript Load(string name) => new(Helpers([name]) + Read(name));

    /// <summary>The helpers that files need, each once, those that others need first.</summary>
    public static string Helpers(IEnumerable<string> names)
    {
        var ordered = new List<string>();
        foreach (var name in names) AddNeeds(name, ordered);
        return string.Concat(ordered.Select(Read));
    }

    private static void AddNeeds(string name, List<string> ordered)
    {
        var line = Read(name).Split('\n').FirstOrDefault(static l => l.StartsWith(Needs, StringComparison.Ordinal));
        if (line is null) return;
        foreach (var helper in line[Needs.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (ordered.Contains(helper)) continue;
            AddNeeds(helper, ordered);
            ordered.Add(helper);
        }
    }
}
