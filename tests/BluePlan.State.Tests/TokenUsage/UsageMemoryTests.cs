using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class UsageMemoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 0, TimeSpan.Zero);

    [Test]
    public void Know_WithinTheHour_IsKnown()
    {
        var memory = new UsageMemory(new());

        memory.Know(("t", "ann", 7, null), Now);
        memory.Know(("t", 3, 7), Now);
        memory.KnowZone("t", Now);

        (memory.IsKnown(("t", "ann", 7, null), Now), memory.IsKnown(("t", 3, 7), Now.AddMinutes(29)), memory.IsZoneKnown("t", Now)).Should().Be((true, true, true));
        (memory.IsKnown(("t", "ann", 8, null), Now), memory.IsKnown(("t", "ann", 7, "s"), Now), memory.IsKnown(("u", 3, 7), Now), memory.IsZoneKnown("u", Now)).Should().Be((false, false, false, false));
    }

    [Test]
    public void IsKnown_AnHourLater_IsForgotten()
    {
        var memory = new UsageMemory(new());
        memory.Know(("t", "ann", 7, null), Now);
        memory.KnowZone("t", Now);

        (memory.IsKnown(("t", "ann", 7, null), Now.AddMinutes(30)), memory.IsZoneKnown("t", Now.AddMinutes(30))).Should().Be((false, false));
    }

    [Test]
    public void Know_MoreThanIsRemembered_BeginsAnew()
    {
        var memory = new UsageMemory(new());
        for (var i = 0; i < UsageMemory.Most; i++) memory.Know(("t", $"user{i}", 7, null), Now);

        memory.IsKnown(("t", "user0", 7, null), Now).Should().BeFalse();
        memory.Know(("t", "ann", 7, null), Now);
        memory.IsKnown(("t", "ann", 7, null), Now).Should().BeTrue();
    }
}
