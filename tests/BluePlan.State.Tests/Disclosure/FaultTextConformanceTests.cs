using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryFaultTextTests : FaultTextConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryFaultTextTests : FaultTextConformance<InMemoryHarness>;
[TestFixture] public sealed class FileFaultTextTests : FaultTextConformance<FileHarness>;
