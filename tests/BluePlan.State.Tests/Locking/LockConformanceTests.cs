using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryLockTests : LockConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryLockLossTests : LockLossConformance<DictionaryHarness>;
[TestFixture] public sealed class BareDictionaryLockTests : LockConformance<BareDictionaryHarness>;
[TestFixture] public sealed class BareDictionaryLockLossTests : LockLossConformance<BareDictionaryHarness>;
[TestFixture] public sealed class InMemoryLockTests : LockConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryLockLossTests : LockLossConformance<InMemoryHarness>;
[TestFixture] public sealed class FileLockTests : LockConformance<FileHarness>;
[TestFixture] public sealed class FileLockLossTests : LockLossConformance<FileHarness>;
