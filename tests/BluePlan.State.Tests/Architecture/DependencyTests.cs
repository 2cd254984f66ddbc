using System.Reflection;
using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class DependencyTests
{
    private static readonly Assembly Core = typeof(IStateProvider).Assembly;

    [Test]
    public void Rooms_KnowOnlyWhatTheyMay()
    {
        var known = from type in TypeReferences.Written(Core) from other in TypeReferences.Of(type)
                    where other.Assembly == Core && !other.Name.StartsWith('<') && other.Namespace?.StartsWith("BluePlan.", StringComparison.Ordinal) is true
                    select (From: Rooms.Of(type), Type: type, To: Rooms.Of(other), Other: other);

        var forbidden = from one in known where one.From != one.To && !Rooms.MayKnow.GetValueOrDefault(one.From, []).Contains(one.To) && !Rooms.Exceptions.ContainsKey((one.From, one.Other.Name))
                        select $"{one.From}: {one.Type.Name} knows {one.Other.Name} of {one.To}";

        forbidden.Should().BeEmpty();
    }

    [Test]
    public void Rooms_OfAllTypes_AreListed() =>
        TypeReferences.Written(Core).Select(Rooms.Of).Distinct().Except(Rooms.MayKnow.Keys).Should().BeEmpty("a new room says whom it may know");

    [Test]
    public void Rooms_Exceptions_AreStillNeeded() =>
        Rooms.Exceptions.Keys.Where(static exception => !TypeReferences.Written(Core).Any(type => Rooms.Of(type) == exception.Room && TypeReferences.Of(type).Any(other => other.Name == exception.Type))).Should().BeEmpty();

    [Test]
    public void Rooms_KnowledgeInABody_IsSeen() =>
        // The search itself: a closure, an async method, a cast and a generic argument each mention what no signature does.
        TypeReferences.Of(typeof(DependencySample)).Should().Contain([typeof(StateCommit), typeof(DeleteKey), typeof(MapRead), typeof(StatePage<>), typeof(StateConflictException)]);

    [Test]
    public void Core_ReferencedAssemblies_AreThePlatformAndTheAbstractions() =>
        Core.GetReferencedAssemblies().Select(static assembly => assembly.Name!)
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal) && name is not ("Microsoft.Extensions.DependencyInjection.Abstractions" or "Microsoft.Extensions.Hosting.Abstractions"
                or "Microsoft.Extensions.Logging.Abstractions" or "Microsoft.Extensions.Options" or "Microsoft.Extensions.Options.ConfigurationExtensions" or "Microsoft.Extensions.Configuration.Abstractions" or "Microsoft.Extensions.Configuration" or "Microsoft.Extensions.Primitives"))
            .Should().BeEmpty("above all no client of a server: those are packages of their own");

    [Test]
    public void Core_Internals_AreVisibleToItsTestsOnly() =>
        Core.GetCustomAttributes<InternalsVisibleToAttribute>().Select(static friend => friend.AssemblyName.Split(',')[0]).Should().Equal(["BluePlan.State.Tests"], "a provider that cannot be built on the public contract shows that the contract is wrong");

    [Test]
    public void Toy_UsesThePublicContractOnly()
    {
        Type[] toy = [.. typeof(DictionaryStateProvider).Assembly.GetTypes().Where(static type => !type.IsNested && type.Name.StartsWith("Dictionary", StringComparison.Ordinal) && !type.Name.EndsWith("Tests", StringComparison.Ordinal))];
        toy.Should().Contain(typeof(DictionaryStateProvider)).And.Contain(typeof(DictionaryWrites));

        var internals = from type in toy from member in TypeReferences.Members(type) where member.Module.Assembly == Core && !IsPublic(member) select $"{type.Name} uses {member.DeclaringType?.Name}.{member.Name}";

        internals.Should().BeEmpty("a stranger could not write it");
    }

    private static bool IsPublic(MemberInfo member) => member switch
    {
        Type type => type.IsVisible,
        MethodBase method => method.DeclaringType!.IsVisible && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly),
        FieldInfo field => field.DeclaringType!.IsVisible && field.IsPublic,
        _ => false,
    };
}
