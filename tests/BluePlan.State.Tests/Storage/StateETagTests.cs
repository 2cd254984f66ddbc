using System.Globalization;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateETagTests
{
    [Test]
    public void New_Many_AreAllDifferentAndNotEmpty()
    {
        var tags = Enumerable.Range(0, 1000).Select(static _ => StateETag.New()).ToArray();

        tags.Should().OnlyHaveUniqueItems().And.OnlyContain(static tag => !tag.IsEmpty);
    }

    [Test]
    public async Task New_OnManyThreads_AreAllDifferent()
    {
        var tags = await Task.WhenAll(Enumerable.Range(0, 8).Select(static _ => Task.Run(static () => Enumerable.Range(0, 2000).Select(static _ => StateETag.New()).ToArray())));

        tags.SelectMany(static some => some).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Default_IsEmptyAndWritesNothing()
    {
        default(StateETag).IsEmpty.Should().BeTrue();
        default(StateETag).ToString().Should().BeEmpty();
        $"{default(StateETag)}".Should().BeEmpty();
    }

    [TestCase("00000000000000000000000000000001")]
    [TestCase("ffffffffffffffffffffffffffffffff")]
    [TestCase("0123456789abcdef0123456789abcdef")]
    public void Parse_OwnText_GivesTheSameTag(string text)
    {
        var tag = StateETag.Parse(text);

        tag.ToString().Should().Be(text);
        string.Create(CultureInfo.InvariantCulture, $"{tag}").Should().Be(text);
        StateETag.TryParse(text.ToUpperInvariant(), out var upper).Should().BeTrue();
        upper.Should().Be(tag);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("0123456789abcdef0123456789abcde")]
    [TestCase("0123456789abcdef0123456789abcdef0")]
    [TestCase("0123456789abcdef0123456789abcdeg")]
    [TestCase(" 123456789abcdef0123456789abcdef")]
    [TestCase("-123456789abcdef0123456789abcdef")]
    [TestCase("0x23456789abcdef0123456789abcdef")]
    [TestCase("00000000000000000000000000000000")]
    public void TryParse_OtherText_IsFalseAndEmpty(string? text)
    {
        StateETag.TryParse(text, out var tag).Should().BeFalse();
        tag.IsEmpty.Should().BeTrue();
        FluentActions.Invoking(() => StateETag.Parse(text!)).Should().Throw<FormatException>();
    }

    [Test]
    public void Bytes_WrittenAndRead_AreTheHighestFirst()
    {
        var tag = StateETag.Parse("0102030405060708090a0b0c0d0e0f10");
        Span<byte> bytes = stackalloc byte[17];

        tag.WriteTo(bytes);

        bytes.ToArray().Should().Equal([.. Enumerable.Range(1, 16).Select(static i => (byte)i), 0]);
        StateETag.ReadFrom(bytes).Should().Be(tag);
    }

    [Test]
    public void Bytes_TooFew_AreRefused()
    {
        FluentActions.Invoking(static () => StateETag.New().WriteTo(new byte[15])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => StateETag.ReadFrom(new byte[15])).Should().Throw<ArgumentException>();
    }

    [Test]
    public void TryFormat_TooLittleRoom_IsFalse()
    {
        StateETag.New().TryFormat(new char[31], out var written, default, null).Should().BeFalse();
        written.Should().Be(0);
        default(StateETag).TryFormat([], out _, default, null).Should().BeTrue();
    }
}
