using System.Text;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class IndexMemberTests
{
    private static readonly string[] Texts = ["", "a", "aa", "b", "B", "\0", "\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\uffff", "\U00010000", "\U0001f600", "\U0001f601", "\U0010ffff", "a\uffff", "a\U0001f600", "a\U0001f600b"];

    [Test]
    public void CompareTo_EqualScores_OrdersLikeUtf8Bytes()
    {
        foreach (var left in Texts)
            foreach (var right in Texts)
            {
                var expected = Math.Sign(Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

                Math.Sign(new IndexMember(left, 1).CompareTo(new(right, 1))).Should().Be(expected, "{0} against {1}", left, right);
            }
    }

    [Test]
    public void CompareTo_OtherScores_OrdersByThemFirst()
    {
        new IndexMember("z", -1).CompareTo(new("a", 0)).Should().BeNegative();
        new IndexMember("a", long.MaxValue).CompareTo(new("z", long.MinValue)).Should().BePositive();
    }

    [Test]
    public void Operators_AgreeWithCompareTo()
    {
        IndexMember low = new("a", 1), same = new("a", 1), high = new("b", 1);

        (low < high, high < low, low < same).Should().Be((true, false, false));
        (high > low, low > high, low > same).Should().Be((true, false, false));
        (low <= high, low <= same, high <= low).Should().Be((true, true, false));
        (high >= low, low >= same, low >= high).Should().Be((true, true, false));
    }
}
