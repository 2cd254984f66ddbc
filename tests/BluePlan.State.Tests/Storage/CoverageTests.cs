using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class CoverageTests : CoverageConformance
{
    // The bare toy exists to refuse: the rest of it is the toy provider, which has every fixture.
    protected override bool IsMeantFor(Type fixture, Type harness) => harness != typeof(BareDictionaryHarness) || fixture == typeof(CapabilityConformance<>);
}
