namespace BluePlan.State.Tests;

/// <summary>Where a type's source lies. A type stands in a file of its own name, so the tree tells the room of each type.</summary>
internal static class SourceTree
{
    private static readonly Lazy<DirectoryInfo> Root = new(static () =>
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "BluePlan.State.sln"))) return folder;
        throw new InvalidOperationException("The tests run within the repository, whose root has BluePlan.State.sln.");
    });

    private static readonly Lazy<ILookup<string, string>> Folders = new(static () =>
    {
        var source = Path.Combine(Root.Value.FullName, "src", "BluePlan.State");
        return Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(source, file).Replace('\\', '/')).Where(static file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
            .ToLookup(static file => Path.GetFileNameWithoutExtension(file), static file => Path.GetDirectoryName(file)!.Replace('\\', '/'));
    });

    /// <summary>All sources of the product.</summary>
    public static IEnumerable<(string Path, string Text)> Sources() =>
        from file in Directory.EnumerateFiles(Path.Combine(Root.Value.FullName, "src"), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root.Value.FullName, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        select (path, File.ReadAllText(file));

    /// <summary>The folder of a type of the core, for instance <c>Storage/Commits</c>, or empty for the root. The file may name a generic type's parameters: <c>StateReadOfContent</c>.</summary>
    public static string Folder(Type type)
    {
        var name = type.Name.Split('`')[0];
        string[] folders = [.. Folders.Value[name].Concat(Folders.Value.Where(file => type.IsGenericType && file.Key.StartsWith(name + "Of", StringComparison.Ordinal)).SelectMany(static file => file)).Distinct()];
        // Two types of one name are told apart by their namespaces: that of the providers is the folder Storage.
        if (folders.Length > 1) folders = [.. folders.Where(folder => folder.Split('/')[0] == "Storage" == (type.Namespace == typeof(Storage.IStateProvider).Namespace))];
        return folders is [var only] ? only : throw new InvalidOperationException($"{type} needs a file of its name under src/BluePlan.State, alone in its folder's namespace.");
    }
}
