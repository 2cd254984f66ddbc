using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class TimeSpanTextTests
{
    [TestCase("01:00:00", "01:00:00")]
    [TestCase("1:30", "01:30:00")]
    [TestCase("23:59:59.5", "23:59:59.5000000")]
    [TestCase("1.00:00:00", "1.00:00:00")]
    [TestCase("400.00:00:00", "400.00:00:00")]
    [TestCase("24:00:00:00", "24.00:00:00")]
    [TestCase(" 00:00:30 ", "00:00:30")]
    [TestCase("-00:00:30", "-00:00:30")]
    public void Read_TimeSpan_IsRead(string text, string expected)
    {
        TimeSpanText.Read(text, out var fault).Should().Be(TimeSpan.ParseExact(expected, "c", null));

        fault.Should().BeNull();
    }

    [TestCase("3600", "is \"3600\", which would be read as 3,600 days. Write \"01:00:00\" for 3,600 seconds, or \"3600.00:00:00\" for 3,600 days.")]
    [TestCase("30", "is \"30\", which would be read as 30 days. Write \"00:00:30\" for 30 seconds, or \"30.00:00:00\" for 30 days.")]
    [TestCase("1", "is \"1\", which would be read as 1 day. Write \"00:00:01\" for 1 second, or \"1.00:00:00\" for 1 day.")]
    [TestCase("0", "is \"0\", which would be read as 0 days. Write \"00:00:00\" for 0 seconds, or \"00:00:00\" for 0 days.")]
    [TestCase("1.5", "is \"1.5\", which is a number without a unit. Write \"00:00:01.5000000\" for 1.5 seconds, or \"1.12:00:00\" for 1.5 days.")]
    [TestCase("99999999999999999999", "is \"99999999999999999999\", which is a number without a unit. Write \"hh:mm:ss\", or \"d.hh:mm:ss\" for whole days.")]
    [TestCase("24:00:00", "is \"24:00:00\", which would be read as 24 days, since hours end at 23. Write \"1.00:00:00\" for 24 hours, or \"24.00:00:00\" for 24 days.")]
    [TestCase("48:10:10", "is \"48:10:10\", which would be read as 48 days, since hours end at 23. Write \"2.00:10:10\" for 48 hours, or \"48.10:10:00\" for 48 days.")]
    [TestCase("24:30:15", "is \"24:30:15\", which cannot be read, since hours end at 23. Write \"1.00:30:15\" for 24 hours.")]
    [TestCase("25:00", "is \"25:00\", which cannot be read, since hours end at 23. Write \"1.01:00:00\" for 25 hours.")]
    [TestCase("90m", "is \"90m\", which cannot be read as a time span. Write \"01:30:00\".")]
    [TestCase("7 days", "is \"7 days\", which cannot be read as a time span. Write \"7.00:00:00\".")]
    [TestCase("250ms", "is \"250ms\", which cannot be read as a time span. Write \"00:00:00.2500000\".")]
    [TestCase("PT1H", "is \"PT1H\", which cannot be read as a time span. Write \"hh:mm:ss\", or \"d.hh:mm:ss\" for whole days.")]
    [TestCase("", "is \"\", which cannot be read as a time span. Write \"hh:mm:ss\", or \"d.hh:mm:ss\" for whole days.")]
    public void Read_TextThatIsReadOtherwiseThanMeant_IsRefusedWithEachReading(string text, string expected)
    {
        TimeSpanText.Read(text, out var fault).Should().BeNull();

        fault.Should().Be(expected);
    }

    [Test]
    public void Read_EverySuggestion_IsItselfAccepted()
    {
        foreach (var text in (string[])["3600", "30", "1.5", "24:00:00", "47:59:59", "30:00", "90m", "2 weeks"])
        {
            TimeSpanText.Read(text, out var fault);

            foreach (var suggestion in fault!.Split('"').Where((_, i) => i % 2 == 1).Skip(1))
            {
                TimeSpanText.Read(suggestion, out var second).Should().NotBeNull();
                second.Should().BeNull(suggestion);
            }
        }
    }
}
