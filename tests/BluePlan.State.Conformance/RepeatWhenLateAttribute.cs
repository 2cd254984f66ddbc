using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace BluePlan.State.Conformance;

/// <summary>
/// For fixtures whose tests go by a real clock: one that has failed while it was late (<see cref="ITimedTest.IsLate"/>), because its machine stood still for a moment, is run again, on a new instance of its fixture
/// and with its set-up, five times in all; the last result counts, and the test's output tells of the others. Who fails in time has failed, and who passes has passed.
/// </summary>
/// <remarks>
/// NUnit's own attributes that repeat are for methods. One that wraps set-up and tear-down may stand on a class and counts for the tests of all that inherit it. It is asked within an instance of the fixture, so each
/// repetition makes another.
/// </remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RepeatWhenLateAttribute : NUnitAttribute, IWrapSetUpTearDown
{
    private const int Runs = 5;

    /// <inheritdoc/>
    public TestCommand Wrap(TestCommand command) => new RepeatCommand(command);

    private sealed class RepeatCommand(TestCommand inner) : DelegatingTestCommand(inner)
    {
        public override TestResult Execute(TestExecutionContext context)
        {
            var notes = "";
            var result = innerCommand.Execute(context);
            for (var run = 2; run <= Runs && result.ResultState.Status is TestStatus.Failed && context.TestObject is ITimedTest { IsLate: true }; run++)
            {
                notes += $"Run {run} of {Runs}, since the one before failed late: {result.Message}\n";
                context.CurrentResult = context.CurrentTest.MakeTestResult();
                context.CurrentRepeatCount++;
                result = new FixturePerTestCaseCommand(innerCommand).Execute(context);
            }
            result.OutWriter.Write(notes);
            return result;
        }
    }
}
