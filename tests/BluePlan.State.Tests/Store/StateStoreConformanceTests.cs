using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryStateStoreTests : StateStoreConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateStoreExpiryTests : StateStoreExpiryConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateStoreUpdateTests : StateStoreUpdateConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateStoreSchemaTests : StateStoreSchemaConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateStoreNameTests : StateStoreNameConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateFieldsTests : StateFieldsConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateStoreListingTests : StateStoreListingConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryStateStoreTests : StateStoreConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryStateStoreExpiryTests : StateStoreExpiryConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryStateStoreUpdateTests : StateStoreUpdateConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryStateStoreSchemaTests : StateStoreSchemaConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryStateStoreNameTests : StateStoreNameConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryStateFieldsTests : StateFieldsConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryStateStoreListingTests : StateStoreListingConformance<InMemoryHarness>;
[TestFixture] public sealed class FileStateStoreTests : StateStoreConformance<FileHarness>;
[TestFixture] public sealed class FileStateStoreExpiryTests : StateStoreExpiryConformance<FileHarness>;
[TestFixture] public sealed class FileStateStoreUpdateTests : StateStoreUpdateConformance<FileHarness>;
[TestFixture] public sealed class FileStateStoreSchemaTests : StateStoreSchemaConformance<FileHarness>;
[TestFixture] public sealed class FileStateStoreNameTests : StateStoreNameConformance<FileHarness>;
[TestFixture] public sealed class FileStateFieldsTests : StateFieldsConformance<FileHarness>;
[TestFixture] public sealed class FileStateStoreListingTests : StateStoreListingConformance<FileHarness>;
