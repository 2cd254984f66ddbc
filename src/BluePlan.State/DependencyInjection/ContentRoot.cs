using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BluePlan.State;

/// <summary>Where relative paths count from: the host's content root, or, without a host, the current directory.</summary>
internal static class ContentRoot
{
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    public static string Combine(IServiceProvider services, string path) =>
        Path.GetFullPath(path, services.GetService<IHostEnvironment>()?.ContentRootPath is { Length: > 0 } root ? Path.GetFullPath(root) : Environment.CurrentDirectory);

    /// <summary>The directory that a store has when the host names none: the folder, or for a named store the folder and its name.</summary>
    /// <exception cref="InvalidOperationException">The store's name is not fit for a directory's.</exception>
    public static string Default(IServiceProvider services, string folder, string? storeName)
    {
        if (storeName is null) return Combine(services, folder);
        if (storeName.AsSpan().ContainsAnyExcept(PlainCharacters))
            throw new InvalidOperationException($"The store's name '{storeName}' is not fit for a directory's. Say where it lives: UseFile(directory) or another Use…, and UseBackups(directory).");
        return Combine(services, $"{folder}-{storeName}");
    }
}
