using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BluePlan.State;

/// <summary>Makes options of what their follower has, and of what the host configured while it has nothing. Options of other names are made as ever.</summary>
internal sealed class ConfigOptionsFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(
    IServiceProvider services, IEnumerable<IConfigureOptions<T>> setups, IEnumerable<IPostConfigureOptions<T>> postConfigures, IEnumerable<IValidateOptions<T>> validations) : IOptionsFactory<T> where T : class
{
    private readonly OptionsFactory<T> _configured = new(setups, postConfigures, validations);

    public T Create(string name) => services.GetKeyedService<ConfigOptionsFollower<T>>(name)?.WaitForCurrent() ?? _configured.Create(name);
}
