using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class InMemorySessionTests : SessionConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemorySessionInputTests : SessionInputConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemorySessionUpdateTests : SessionUpdateConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemorySessionListingTests : SessionListingConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemorySessionRotationTests : SessionRotationConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemorySessionSchemaTests : SessionSchemaConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemorySessionSaveTests : SessionSaveConformance<InMemoryHarness>;
[TestFixture] public sealed class DictionarySessionTests : SessionConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionarySessionInputTests : SessionInputConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionarySessionUpdateTests : SessionUpdateConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionarySessionListingTests : SessionListingConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionarySessionRotationTests : SessionRotationConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionarySessionSchemaTests : SessionSchemaConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionarySessionSaveTests : SessionSaveConformance<DictionaryHarness>;
[TestFixture] public sealed class FileSessionTests : SessionConformance<FileHarness>;
[TestFixture] public sealed class FileSessionInputTests : SessionInputConformance<FileHarness>;
[TestFixture] public sealed class FileSessionUpdateTests : SessionUpdateConformance<FileHarness>;
[TestFixture] public sealed class FileSessionListingTests : SessionListingConformance<FileHarness>;
[TestFixture] public sealed class FileSessionRotationTests : SessionRotationConformance<FileHarness>;
[TestFixture] public sealed class FileSessionSchemaTests : SessionSchemaConformance<FileHarness>;
[TestFixture] public sealed class FileSessionSaveTests : SessionSaveConformance<FileHarness>;
