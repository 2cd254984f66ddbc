using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryStrayMemberTests : StrayMemberConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryStrayMemberTests : StrayMemberConformance<InMemoryHarness>;
[TestFixture] public sealed class FileStrayMemberTests : StrayMemberConformance<FileHarness>;
