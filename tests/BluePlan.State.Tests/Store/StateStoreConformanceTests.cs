using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryStateStoreTests : StateStoreConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateFieldsTests : StateFieldsConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryStateStoreListingTests : StateStoreListingConformance<DictionaryHarness>;
