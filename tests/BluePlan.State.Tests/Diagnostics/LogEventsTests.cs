using System.Reflection;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Alerts are built on the ids of log messages, so each id stands for one message in all packages.</summary>
[TestFixture]
public sealed class LogEventsTests
{
    private const BindingFlags Methods = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Packages = [typeof(IStateProvider).Assembly, typeof(RedisStateProvider).Assembly];

    [Test]
    public void Messages_OfOneId_AreTheSame()
    {
        var messages = Packages.SelectMany(static package => package.GetTypes()).SelectMany(static type => type.GetMethods(Methods))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToArray();
        messages.Select(static message => message.EventId).Distinct().Should().HaveCountGreaterThan(40).And.Contain([LogEvents.StoreRefused, 2001]);

        messages.GroupBy(static message => message.EventId, static message => (message.Level, message.Message))
            .Where(static messages => messages.Distinct().Count() > 1).Select(static messages => messages.Key).Should().BeEmpty();
    }

    [Test]
    public void Ids_AreDistinct() =>
        typeof(LogEvents).GetFields().Select(static field => (int)field.GetRawConstantValue()!).Should().HaveCountGreaterThan(30).And.OnlyHaveUniqueItems();
}
