using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class PackageDependencyTests
{
    [Test]
    public void Redis_KnowsTheContractAndItsRegistrationOnly()
    {
        var core = typeof(IStateProvider).Assembly;
        var known = TypesOf("BluePlan.State").Select(name => core.GetType(name, throwOnError: true)!).ToArray();
        known.Should().Contain([typeof(IStateProvider), typeof(StateCommit)]);

        var beyond = known.Where(static type => type.Namespace != typeof(IStateProvider).Namespace && !type.IsSubclassOf(typeof(StateException)) && type != typeof(StateException) && type != typeof(StateOpenFault)
            && type != typeof(StateETag) && type != typeof(StateExpiry) && type != typeof(StateExpiryKind) && type != typeof(StateCondition) && type != typeof(StateConditionKind)
            && type != typeof(BluePlanStateBuilder) && type.Namespace != typeof(IServiceCollection).Namespace);

        beyond.Should().BeEmpty("a provider knows no manager");
        known.Should().OnlyContain(static type => type.IsVisible, "a provider is built on what strangers have, too");
    }

    private static IEnumerable<string> TypesOf(string assembly)
    {
        using var file = new PEReader(File.OpenRead(typeof(RedisStateProvider).Assembly.Location));
        var reader = file.GetMetadataReader();
        return [.. reader.TypeReferences.Select(reader.GetTypeReference)
            .Where(type => type.ResolutionScope.Kind is HandleKind.AssemblyReference && reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == assembly)
            .Select(type => $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}")];
    }
}
