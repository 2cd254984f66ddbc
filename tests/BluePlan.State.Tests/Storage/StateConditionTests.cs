using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateConditionTests
{
    [Test]
    public void Default_IsNone() => default(StateCondition).Should().Be(StateCondition.None);

    [Test]
    public void IfMatch_NoTag_IsRefused() =>
        FluentActions.Invoking(static () => StateCondition.IfMatch(default)).Should().Throw<ArgumentException>().WithMessage("*IfAbsent*").WithParameterName("etag");

    [Test]
    public void IsMet_EachKind_JudgesExistenceAndTag()
    {
        var (tag, other) = (StateETag.New(), StateETag.New());

        (StateCondition.None.IsMet(false, default), StateCondition.None.IsMet(true, tag)).Should().Be((true, true));
        (StateCondition.IfAbsent.IsMet(false, default), StateCondition.IfAbsent.IsMet(true, tag)).Should().Be((true, false));
        (StateCondition.IfExists.IsMet(false, default), StateCondition.IfExists.IsMet(true, default)).Should().Be((false, true));
        (StateCondition.IfMatch(tag).IsMet(true, tag), StateCondition.IfMatch(tag).IsMet(true, other), StateCondition.IfMatch(tag).IsMet(false, tag)).Should().Be((true, false, false));
    }

    [Test]
    public void Kinds_Numbers_AreFrozen() =>
        Enum.GetValues<StateConditionKind>().Select(static kind => $"{(int)kind} {kind}").Should().Equal("0 None", "1 IfAbsent", "2 IfExists", "3 IfMatch");
}
