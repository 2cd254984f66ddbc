using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class CoverageTests : CoverageConformance
{
    // What is within a test has no store.
    protected override bool IsMeantFor(Type fixture, Type harness) => !harness.IsNested;
}
