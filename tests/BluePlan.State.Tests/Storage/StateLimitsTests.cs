using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateLimitsTests
{
    [Test]
    public void MaximumNumber_IsTheLastIntegerBeforeDoublesSkipOne()
    {
        StateLimits.MaximumNumber.Should().Be(9_007_199_254_740_991);
        ((double)StateLimits.MaximumNumber).Should().NotBe((double)StateLimits.MaximumNumber + 1);
        ((double)(StateLimits.MaximumNumber + 1)).Should().Be((double)(StateLimits.MaximumNumber + 2));
    }

    [Test]
    public void Limits_AreThoseThatStoresWereMadeWith() =>
        (StateLimits.MaximumNameBytes, StateLimits.MaximumTypeLength, StateLimits.MaximumValueBytes, StateLimits.MaximumCommitBytes, StateLimits.MaximumVectorLength, StateLimits.MaximumPartitions)
            .Should().Be((4096, 32, 67_108_864, 134_217_728, 64, 1024));
}
