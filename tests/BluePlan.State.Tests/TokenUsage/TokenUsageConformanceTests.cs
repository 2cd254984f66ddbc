using BluePlan.State.Conformance;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture] public sealed class DictionaryTokenUsageRecordTests : TokenUsageRecordConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryTokenUsageInputTests : TokenUsageInputConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryTokenUsageTotalsTests : TokenUsageTotalsConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryTokenUsageRankingTests : TokenUsageRankingConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryTokenUsageRecordTests : TokenUsageRecordConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryTokenUsageInputTests : TokenUsageInputConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryTokenUsageTotalsTests : TokenUsageTotalsConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryTokenUsageRankingTests : TokenUsageRankingConformance<InMemoryHarness>;
[TestFixture] public sealed class FileTokenUsageRecordTests : TokenUsageRecordConformance<FileHarness>;
[TestFixture] public sealed class FileTokenUsageInputTests : TokenUsageInputConformance<FileHarness>;
[TestFixture] public sealed class FileTokenUsageTotalsTests : TokenUsageTotalsConformance<FileHarness>;
[TestFixture] public sealed class FileTokenUsageRankingTests : TokenUsageRankingConformance<FileHarness>;
[TestFixture] public sealed class DictionaryTokenUsageCleanupTests : TokenUsageCleanupConformance<DictionaryHarness>;
[TestFixture] public sealed class DictionaryTokenUsageRecountTests : TokenUsageRecountConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryTokenUsageCleanupTests : TokenUsageCleanupConformance<InMemoryHarness>;
[TestFixture] public sealed class InMemoryTokenUsageRecountTests : TokenUsageRecountConformance<InMemoryHarness>;
[TestFixture] public sealed class FileTokenUsageCleanupTests : TokenUsageCleanupConformance<FileHarness>;
[TestFixture] public sealed class FileTokenUsageRecountTests : TokenUsageRecountConformance<FileHarness>;
[TestFixture] public sealed class DictionaryTokenUsagePostingTests : TokenUsagePostingConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryTokenUsagePostingTests : TokenUsagePostingConformance<InMemoryHarness>;
[TestFixture] public sealed class FileTokenUsagePostingTests : TokenUsagePostingConformance<FileHarness>;
[TestFixture] public sealed class DictionaryTokenUsageRefusedTests : TokenUsageRefusedConformance<DictionaryHarness>;
[TestFixture] public sealed class InMemoryTokenUsageRefusedTests : TokenUsageRefusedConformance<InMemoryHarness>;
[TestFixture] public sealed class FileTokenUsageRefusedTests : TokenUsageRefusedConformance<FileHarness>;
