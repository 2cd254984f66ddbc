using BluePlan.State.Conformance;
using FluentAssertions;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace BluePlan.State.Redis.Tests;

/// <summary>Who is run again, and how. This fixture is its own example.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[RepeatWhenLate]
public sealed class RepeatWhenLateTests : ITimedTest
{
    private static readonly List<RepeatWhenLateTests> Instances = [];
    private static int _tearDowns;

    public bool IsLate { get; private set; }

    [SetUp]
    public void Count()
    {
        if (TestContext.CurrentContext.Test.MethodName == nameof(Test_FailsLateTheFirstTime_RunsAgainWithASetUpOfItsOwn)) Instances.Add(this);
    }

    [TearDown]
    public void CountEnd()
    {
        if (Instances.Contains(this)) _tearDowns++;
    }

    [Test]
    public void Test_FailsLateTheFirstTime_RunsAgainWithASetUpOfItsOwn()
    {
        if (Instances.Count == 1)
        {
            IsLate = true;
            Assert.Fail("This is the first run.");
        }

        IsLate.Should().BeFalse("each run has a fixture of its own");
        Instances.Should().HaveCount(2).And.OnlyHaveUniqueItems().And.EndWith(this);
        _tearDowns.Should().Be(1);
    }

    [TestCase("late failure, success", TestStatus.Passed, 2)]
    [TestCase("late failure, failure, success", TestStatus.Failed, 2)]
    [TestCase("late failure, late failure, late failure, late failure, success", TestStatus.Passed, 5)]
    [TestCase("late failure, late failure, late failure, late failure, late failure, success", TestStatus.Failed, 5)]
    [TestCase("late error, success", TestStatus.Passed, 2)]
    [TestCase("failure, success", TestStatus.Failed, 1)]
    [TestCase("error, success", TestStatus.Failed, 1)]
    [TestCase("late success, failure", TestStatus.Passed, 1)]
    [TestCase("late skip, failure", TestStatus.Skipped, 1)]
    public void Wrap_RunsThatEndLikeThis_RepeatsWhoFailedLateOnly(string ends, TestStatus expected, int expectedRuns)
    {
        var test = TestExecutionContext.CurrentContext.CurrentTest;
        var runs = new Runs(test, ends.Split(", "));

        var result = new RepeatWhenLateAttribute().Wrap(runs).Execute(new() { CurrentTest = test, CurrentResult = test.MakeTestResult(), TestObject = new RepeatWhenLateTests() });

        (result.ResultState.Status, runs.Count).Should().Be((expected, expectedRuns));
        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(expectedRuns - 1);
    }

    [Test]
    public void Fixtures_ThatAreTimed_RepeatWhenLate() =>
        typeof(RepeatWhenLateTests).Assembly.GetTypes().Where(typeof(ITimedTest).IsAssignableFrom)
            .Should().HaveCountGreaterThan(100).And.OnlyContain(static type => type.IsDefined(typeof(RepeatWhenLateAttribute), inherit: true));

    /// <summary>Stands for a test, and ends each time as it was told.</summary>
    private sealed class Runs(Test test, string[] ends) : TestCommand(test)
    {
        public int Count { get; private set; }

        public override TestResult Execute(TestExecutionContext context)
        {
            var words = ends[Count++].Split(' ');
            ((RepeatWhenLateTests)context.TestObject!).IsLate = words[0] == "late";
            context.CurrentResult.SetResult(words[^1] switch { "success" => ResultState.Success, "failure" => ResultState.Failure, "error" => ResultState.Error, _ => ResultState.Skipped });
            return context.CurrentResult;
        }
    }
}
