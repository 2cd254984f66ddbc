using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateRouteTests
{
    // Stored things are found by these numbers. A change here loses them all.
    [TestCase("", "alice", 0x5688)]
    [TestCase("", "bob", 0x5959)]
    [TestCase("acme", "alice", 0x42db)]
    [TestCase("", "a/b", 0xb317)]
    [TestCase("%", "😀 中文", 0x143c)]
    [TestCase("", "0", 0xc0c7)]
    public void OfUser_Known_NeverChanges(string tenant, string user, int route) => StateRoute.OfUser(tenant, user).Should().Be((ushort)route);

    [Test]
    public void Of_OtherKindTenantOrName_AreOthers()
    {
        ushort[] routes = [StateRoute.Of("user", "", "a"), StateRoute.Of("config", "", "a"), StateRoute.Of("user", "a", ""), StateRoute.Of("user", "", "b"), StateRoute.Of("user", "a", "a"), StateRoute.Of("user", "", "/a"), StateRoute.Of("user", "", "A")];

        routes.Should().OnlyHaveUniqueItems();
    }

    [TestCase(4)]
    [TestCase(32)]
    [TestCase(1024)]
    public void OfUser_Many_SpreadEvenlyOverThePartitions(int partitions)
    {
        const int Users = 100_000;
        var counts = new int[partitions];
        for (var i = 0; i < Users; i++) counts[StateRoute.OfUser("", $"user-{i}") & (partitions - 1)]++;

        // Chi-squared over its degrees of freedom is about 1 for a fair hash; 1.5 is beyond six standard deviations for 1,024 and unlikely for few.
        var expected = (double)Users / partitions;
        (counts.Sum(count => (count - expected) * (count - expected) / expected) / (partitions - 1)).Should().BeLessThan(partitions > 100 ? 1.3 : 3);
    }
}
