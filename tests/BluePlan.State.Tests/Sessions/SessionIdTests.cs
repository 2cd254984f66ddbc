using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class SessionIdTests
{
    [Test]
    public void New_SlidesWithoutEnd_CarriesTheWindow()
    {
        var id = SessionId.New(0x0a1f, StateExpiry.Sliding(TimeSpan.FromHours(1)));

        id.Text.Should().StartWith("0a1f").And.EndWith("-36ee80").And.HaveLength(36 + 7);
        SessionId.TryParse(id.Text, out var parsed).Should().BeTrue();
        parsed.Should().Be(id);
        parsed.Window.Should().Be(StateExpiry.Sliding(TimeSpan.FromHours(1)));
    }

    [Test]
    public void New_AnyOtherExpiry_CarriesNone()
    {
        var now = DateTimeOffset.UnixEpoch;
        foreach (var expiry in new[]
        {
            StateExpiry.Never, StateExpiry.At(now), StateExpiry.After(TimeSpan.FromHours(1)),
            StateExpiry.Sliding(TimeSpan.FromHours(1), TimeSpan.FromHours(2)), StateExpiry.Sliding(TimeSpan.FromHours(1), TimeSpan.FromHours(2)).Resolve(now),
        })
        {
            var id = SessionId.New(7, expiry);
            id.Text.Should().HaveLength(36);
            SessionId.TryParse(id.Text, out var parsed).Should().BeTrue();
            (parsed.Route, parsed.Window).Should().Be(((ushort)7, null));
        }
    }

    [TestCase("")]
    [TestCase("0")]
    [TestCase("00000000000000000000000000000000000")]
    [TestCase("00000000000000000000000000000000000g")]
    [TestCase("00000000000000000000000000000000000A")]
    [TestCase("0000000000000000000000000000000000001")]
    [TestCase("000000000000000000000000000000000000-")]
    [TestCase("000000000000000000000000000000000000-0")]
    [TestCase("000000000000000000000000000000000000--1")]
    [TestCase("000000000000000000000000000000000000-1 ")]
    [TestCase("000000000000000000000000000000000000-ffffffffffffffff")]
    [TestCase("000000000000000000000000000000000000-7fffffffffffffff")]
    [TestCase("000000000000000000000000000000000000-100000000000000000")]
    public void TryParse_Garbage_IsFalse(string text) => SessionId.TryParse(text, out _).Should().BeFalse();

    [Test]
    public void TryParse_LongestWindow_IsTaken()
    {
        var id = SessionId.New(1, StateExpiry.Sliding(StateExpiry.MaximumLifetime));

        SessionId.TryParse(id.Text, out var parsed).Should().BeTrue();
        parsed.Window.Should().Be(StateExpiry.Sliding(StateExpiry.MaximumLifetime));
    }

    // What is stored under these names is found by them for ever.
    [Test]
    public void For_HostsId_NeverChanges()
    {
        var id = SessionId.For("", "ann", "default");

        id.Text.Should().Be("c7bb10527c25ef7e5392fbafd99836f9cbbc");
        id.Handle("").Should().Be("f05f6e7c9d2f2c270bc790a08a588be0");
    }

    [Test]
    public void Handle_OtherTenantOrWindow_IsAnother()
    {
        var id = SessionId.New(1, StateExpiry.Sliding(TimeSpan.FromMinutes(1)));

        id.Handle("a").Should().NotBe(id.Handle("b"));
        id.Handle("a").Should().NotBe((id with { Text = id.Text[..36] }).Handle("a"));
        id.ToString().Should().NotContain(id.Text[4..36]);
    }
}
