using System.Reflection;
using FluentAssertions;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace BluePlan.State.Conformance;

/// <summary>
/// Every fixture of this package is inherited for every harness of the assembly that derives from this one: a fixture that a provider misses fails a test. Inherit it once an assembly, with an empty body.
/// </summary>
public abstract class CoverageConformance
{
    /// <summary>Whether a fixture is for a harness. By default each is; say here what is left out, and why.</summary>
    /// <param name="fixture">The fixture, an open generic type.</param>
    /// <param name="harness">The harness.</param>
    protected virtual bool IsMeantFor(Type fixture, Type harness) => true;

    [Test]
    public void Fixtures_OfEveryHarness_AreInherited()
    {
        var types = GetType().Assembly.GetTypes();
        Type[] harnesses = [.. types.Where(static type => type.IsSubclassOf(typeof(StateProviderHarness)) && !type.IsAbstract)];
        Type[] tests = [.. types.Where(static type => type is { IsAbstract: false, IsGenericTypeDefinition: false })];
        harnesses.Should().NotBeEmpty("there is a provider to test");

        var missing = from fixture in Fixtures() from harness in harnesses where IsMeantFor(fixture, harness)
                      let closed = fixture.MakeGenericType(harness) where !tests.Any(closed.IsAssignableFrom)
                      select $"no test class inherits {fixture.Name[..^2]}<{harness.Name}>";

        missing.Should().BeEmpty();
    }

    // A fixture is what has tests of its own; what only prepares them is none.
    private static Type[] Fixtures() =>
    [
        .. typeof(CoverageConformance).Assembly.GetExportedTypes().Where(static type =>
            type is { IsAbstract: true, IsGenericTypeDefinition: true } && type.GetGenericArguments() is [var harness] && harness.GetGenericParameterConstraints().Contains(typeof(StateProviderHarness))
            && type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Any(static method => method.GetCustomAttributes().Any(static attribute => attribute is ISimpleTestBuilder or ITestBuilder))),
    ];
}
