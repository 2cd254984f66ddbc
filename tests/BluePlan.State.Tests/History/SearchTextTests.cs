using System.Globalization;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class SearchTextTests
{
    [TestCase("Hello World", "WORLD")]
    [TestCase("对话历史管理", "历史")]
    [TestCase("ПРИВЕТ, мир", "привет")]
    [TestCase("Ὀδυσσεύς", "ὀΔΥΣΣΕΎΣ")]
    [TestCase("مرحبا بالعالم", "بالعالم")]
    [TestCase("שלום עולם", "עולם")]
    [TestCase("İSTANBUL'a gidiyorum", "istanbul")]
    [TestCase("istanbul", "İSTANBUL")]
    [TestCase("DIŞ KAPI", "dış kapı")]
    [TestCase("dış", "DIŞ")]
    [TestCase("Straße", "STRASSE")]
    [TestCase("GROẞE", "grosse")]
    [TestCase("caf\u00e9", "CAFE\u0301")]
    [TestCase("cafe\u0301", "caf\u00e9")]
    [TestCase("ＡＢＣ１２３", "abc123")]
    [TestCase("ﬁnance", "FINANCE")]
    [TestCase("한국어", "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165")]
    [TestCase("say 😀 please", "😀")]
    [TestCase("𐐨𐐩", "𐐀𐐁")]
    [TestCase("odd \uFFFE Ünder", "üNDER")]
    [TestCase("a\0b", "A\0B")]
    public void IsIn_SameWithoutCase_Finds(string text, string wanted) => new SearchText(wanted).IsIn(HistoryMessage.User(text)).Should().BeTrue();

    [TestCase("resume", "résumé")]
    [TestCase("Hello", "hallo")]
    [TestCase("历史", "歷史")]
    [TestCase("👩‍👩‍👧", "👨")]
    [TestCase("", "a")]
    public void IsIn_Another_DoesNotFind(string text, string wanted) => new SearchText(wanted).IsIn(HistoryMessage.User(text)).Should().BeFalse();

    [Test]
    public void IsIn_ToolResult_Finds() => new SearchText("SUN").IsIn(HistoryMessage.Tool("c", "sunny")).Should().BeTrue();

    [Test]
    public void IsIn_NameArgumentsOrNoText_DoesNotFind()
    {
        var message = HistoryMessage.Assistant(null, new ToolCall("weather", "weather", "weather")) with { Name = "weather" };
        new SearchText("weather").IsIn(message).Should().BeFalse();
    }

    [Test]
    [SetCulture("tr-TR")]
    public void IsIn_TurkishCulture_FindsTheSame()
    {
        CultureInfo.CurrentCulture.Name.Should().Be("tr-TR");
        new SearchText("TITLE").IsIn(HistoryMessage.User("title")).Should().BeTrue();
        new SearchText("title").IsIn(HistoryMessage.User("TİTLE")).Should().BeTrue();
    }

    [TestCase(null)]
    [TestCase("")]
    public void New_Nothing_Throws(string? text) => FluentActions.Invoking(() => new SearchText(text!)).Should().Throw<ArgumentException>();

    [Test]
    public void New_HalfASurrogatePair_Throws() => FluentActions.Invoking(() => new SearchText("a\uD83D")).Should().Throw<ArgumentException>();
}
