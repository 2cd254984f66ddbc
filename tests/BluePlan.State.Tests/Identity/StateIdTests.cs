using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateIdTests
{
    [Test]
    public void New_Many_BeginWithTheRouteAndDiffer()
    {
        var ids = Enumerable.Range(0, 1000).Select(static _ => StateId.New(0x0a2f)).ToArray();

        ids.Should().OnlyHaveUniqueItems().And.OnlyContain(static id => id.Length == StateId.Length && id.StartsWith("0a2f"));
        ids.Select(static id => StateId.TryGetRoute(id, out var route) ? route : -1).Should().OnlyContain(static route => route == 0x0a2f);
    }

    [Test]
    public void For_HostId_NeverChanges()
    {
        StateId.For("session", 0x1234, "", "alice", "default").Should().Be("1234cc66203ed50c78baddd8dca909690f4d");
        StateId.For("a/b", 0, "%", "中", "😀").Should().Be("00004b225e18ea0ca8f109526bc053c8efbc");
        StateId.Hash("").Should().Be("e3b0c44298fc1c149afbf4c8996fb924", "it is the first half of a SHA-256");
    }

    [Test]
    public void Hash_OneAfterTheOtherOnManyThreads_IsThatOfEachText()
    {
        string[] texts = ["", "a", "default", new('x', 55), new('x', 129), "中😀", new('y', 10_000)];
        string[] expected = [.. texts.Select(static text => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]))];

        var wrong = 0;
        Parallel.For(0, 2_000, i =>
        {
            if (StateId.Hash(texts[i % texts.Length]) != expected[i % texts.Length]) Interlocked.Increment(ref wrong);
        });

        wrong.Should().Be(0);
    }

    [Test]
    public void For_AnyPartOther_IsAnother()
    {
        string[] ids =
        [
            StateId.For("session", 1, "", "alice", "default"), StateId.For("conversation", 1, "", "alice", "default"), StateId.For("session", 2, "", "alice", "default"), StateId.For("session", 1, "acme", "alice", "default"),
            StateId.For("session", 1, "", "bob", "default"), StateId.For("session", 1, "", "alice", "Default"), StateId.For("session", 1, "", "alice/default", ""), StateId.For("session", 1, "alice", "default", ""),
        ];

        ids.Should().OnlyHaveUniqueItems();
    }

    [TestCase("0a2f0123456789abcdef0123456789abcdef", 0x0a2f)]
    [TestCase("ffff0123456789abcdef0123456789abcdef", 0xffff)]
    [TestCase("00000123456789abcdef0123456789abcdef-36ee80", 0)]
    public void TryGetRoute_Canonical_ReadsIt(string id, int expected)
    {
        StateId.TryGetRoute(id, out var route).Should().BeTrue();
        route.Should().Be((ushort)expected);
    }

    [TestCase("")]
    [TestCase("default")]
    [TestCase("0a2f0123456789abcdef0123456789abcde")]
    [TestCase("0A2F0123456789ABCDEF0123456789ABCDEF")]
    [TestCase("0a2g0123456789abcdef0123456789abcdef")]
    [TestCase("0a2f0123456789abcdef0123456789abcde\0")]
    [TestCase(" 0a2f0123456789abcdef0123456789abcdef")]
    [TestCase("../../../../../../../../../../../../etc")]
    public void TryGetRoute_Garbage_IsFalse(string id)
    {
        StateId.TryGetRoute(id, out var route).Should().BeFalse();
        route.Should().Be(0);
    }
}
