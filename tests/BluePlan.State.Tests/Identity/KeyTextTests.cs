using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class KeyTextTests
{
    private static readonly string[] Parts = ["", "a", "b", "/", "%", "%2F", "%25", "a/b", "%2f", "//", "%%", "2F", "a%", "\0", "😀", " "];

    [TestCase("plain", "plain")]
    [TestCase("a/b", "a%2Fb")]
    [TestCase("100%", "100%25")]
    [TestCase("%2F", "%252F")]
    public void Escape_Text_IsTheStoredForm(string part, string stored)
    {
        KeyText.Escape(part).Should().Be(stored);
        KeyText.Unescape(stored).Should().Be(part);
    }

    [Test]
    public void Join_AnyParts_SplitsIntoThem()
    {
        foreach (var a in Parts)
            foreach (var b in Parts)
                foreach (var c in Parts)
                {
                    KeyText.Split(KeyText.Join(a, b)).Should().Equal(a, b);
                    KeyText.Split(KeyText.Join(a, b, c)).Should().Equal(a, b, c);
                    KeyText.Join(new[] { a, b, c }.AsSpan()).Should().Be(KeyText.Join(a, b, c));
                }
    }

    [Test]
    public void Join_DifferentParts_AreNeverTheSame()
    {
        var joined = (from a in Parts from b in Parts select KeyText.Join(a, b)).Concat(from a in Parts from b in Parts from c in Parts select KeyText.Join(a, b, c)).ToArray();

        joined.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Join_Stored_NeverChanges()
    {
        KeyText.Join("acme", "alice").Should().Be("acme/alice");
        KeyText.Join("", "a/b", "100%").Should().Be("/a%2Fb/100%25");
        KeyText.Join("a", "", "", "d").Should().Be("a///d");
    }
}
