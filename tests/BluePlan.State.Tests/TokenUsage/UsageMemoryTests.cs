using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class UsageMemoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 0, TimeSpan.Zero);
    private static readonly StateKey Ann = Key("ann");

    [Test]
    public void Know_WithinTheHour_IsKnown()
    {
        var memory = new UsageMemory(new());

        memory.Know(Ann, Now);
        memory.Know(("t", 3), Now);
        memory.KnowZone("t", Now);

        (memory.IsKnown(Ann, Now), memory.IsKnown(("t", 3), Now.AddMinutes(29)), memory.IsZoneKnown("t", Now)).Should().Be((true, true, true));
        (memory.IsKnown(Key("bob"), Now), memory.IsKnown(("t", 4), Now), memory.IsKnown(("u", 3), Now), memory.IsZoneKnown("u", Now)).Should().Be((false, false, false, false));
    }

    [Test]
    public void IsKnown_AnHourLater_IsForgotten()
    {
        var memory = new UsageMemory(new());
        memory.Know(Ann, Now);
        memory.KnowZone("t", Now);

        (memory.IsKnown(Ann, Now.AddMinutes(30)), memory.IsZoneKnown("t", Now.AddMinutes(30))).Should().Be((false, false));
    }

    [Test]
    public void Know_MoreThanIsRemembered_BeginsAnew()
    {
        var memory = new UsageMemory(new());
        for (var i = 0; i < UsageMemory.Most; i++) memory.Know(Key($"user{i}"), Now);

        memory.IsKnown(Key("user0"), Now).Should().BeFalse();
        memory.Know(Ann, Now);
        memory.IsKnown(Ann, Now).Should().BeTrue();
    }

    private static StateKey Key(string user) => new(0, StateShape.Map, "usage-user-day", user);
}
