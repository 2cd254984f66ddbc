using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BluePlan.State;

/// <summary>Where relative paths count from: the host's content root, or, without a host, the current directory.</summary>
internal static class ContentRoot
{
    public static string Combine(IServiceProvider services, string path) =>
        Path.GetFullPath(path, services.GetService<IHostEnvironment>()?.ContentRootPath is { Length: > 0 } root ? Path.GetFullPath(root) : Environment.CurrentDirectory);
}
