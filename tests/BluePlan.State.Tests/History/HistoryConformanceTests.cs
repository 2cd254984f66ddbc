using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryConversationTests : ConversationConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryConversationExpiryTests : ConversationExpiryConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryHistoryAppendTests : HistoryAppendConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryHistoryTrimTests : HistoryTrimConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryHistoryReadTests : HistoryReadConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryHistorySearchTests : HistorySearchConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryHistoryEditTests : HistoryEditConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryHistoryTransferTests : HistoryTransferConformance<DictionaryHarness>;

[TestFixture] public sealed class InMemoryConversationTests : ConversationConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryConversationExpiryTests : ConversationExpiryConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryHistoryAppendTests : HistoryAppendConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryHistoryTrimTests : HistoryTrimConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryHistoryReadTests : HistoryReadConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryHistorySearchTests : HistorySearchConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryHistoryEditTests : HistoryEditConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryHistoryTransferTests : HistoryTransferConformance<InMemoryHarness>;
[TestFixture] public sealed class FileConversationTests : ConversationConformance<FileHarness>;
[TestFixture] public sealed class FileConversationExpiryTests : ConversationExpiryConformance<FileHarness>;
[TestFixture] public sealed class FileHistoryAppendTests : HistoryAppendConformance<FileHarness>;
[TestFixture] public sealed class FileHistoryTrimTests : HistoryTrimConformance<FileHarness>;
[TestFixture] public sealed class FileHistoryReadTests : HistoryReadConformance<FileHarness>;
[TestFixture] public sealed class FileHistorySearchTests : HistorySearchConformance<FileHarness>;
[TestFixture] public sealed class FileHistoryEditTests : HistoryEditConformance<FileHarness>;
[TestFixture] public sealed class FileHistoryTransferTests : HistoryTransferConformance<FileHarness>;
