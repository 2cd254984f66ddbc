using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class CoverageTests : CoverageConformance
{
    // The harness of bound values is for the managers, which encode them.
    // The bare toy exists to refuse: the rest of it is the toy provider, which has every fixture.
    protected override bool IsMeantFor(Type fixture, Type harness) =>
        harness == typeof(BoundHarness) ? IsOfManagers(fixture) : harness != typeof(BareDictionaryHarness) || fixture == typeof(CapabilityConformance<>);

    private static bool IsOfManagers(Type fixture)
    {
        for (var type = fixture; type is not null; type = type.BaseType)
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ManagerFixture<>)) return true;
        return false;
    }
}
