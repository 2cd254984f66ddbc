using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class HashTagsTests
{
    private const int Slots = 16_384;

    [Test]
    public void Slot_ValueOfTheSpecification_IsIt() => HashTags.Slot("123456789").Should().Be(0x31C3);

    // Tags are parts of stored keys: another table would lose every store that there is.
    [Test]
    public void Of_EveryPartition_IsAsReleased()
    {
        string[] tags = [.. Enumerable.Range(0, 1024).Select(HashTags.Of)];

        tags[..8].Should().Equal("ru", "7e", "cw", "bo", "kz", "jb", "zx", "c1");
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', tags)))).Should().Be("7b5c107f6fce010101147775843c9d87fe29441e5e132b97f0fa8305fde115b7");
        tags.Should().OnlyHaveUniqueItems();
    }

    [TestCase(32, 3, new[] { 11, 11, 10 })]
    [TestCase(32, 6, new[] { 6, 5, 5, 6, 5, 5 })]
    [TestCase(32, 8, new[] { 4, 4, 4, 4, 4, 4, 4, 4 })]
    [TestCase(256, 3, new[] { 86, 85, 85 })]
    [TestCase(256, 6, new[] { 43, 43, 42, 43, 43, 42 })]
    [TestCase(256, 8, new[] { 32, 32, 32, 32, 32, 32, 32, 32 })]
    public void Of_PartitionsOnMastersWithEqualShares_FallEvenly(int partitions, int masters, int[] expected)
    {
        var spread = new int[masters];
        for (var partition = 0; partition < partitions; partition++) spread[HashTags.Slot(HashTags.Of(partition)) * masters / Slots]++;

        spread.Should().Equal(expected);
        (spread.Max() - spread.Min()).Should().BeLessThanOrEqualTo(1);
    }
}
