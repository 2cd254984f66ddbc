using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class InMemoryDocumentTests : DocumentConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryMapTests : MapConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryLogTests : LogConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryIndexTests : IndexConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryUnionTests : UnionConformance<InMemoryHarness>;
