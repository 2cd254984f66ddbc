using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryReadOnlyManagersTests : ReadOnlyManagersConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryReadOnlyManagersTests : ReadOnlyManagersConformance<InMemoryHarness>;
[TestFixture] public sealed class FileReadOnlyManagersTests : ReadOnlyManagersConformance<FileHarness>;
