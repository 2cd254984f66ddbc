using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.Tests.DependencyInjection;

internal static class ServiceCollectionExtensions
{
    /// <summary>Registers and builds in one expression.</summary>
    public static ServiceProvider With(this IServiceCollection services, Action<IServiceCollection> register)
    {
        register(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
