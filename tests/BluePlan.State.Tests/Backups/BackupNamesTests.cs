using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class BackupNamesTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 34, 56, 789, TimeSpan.FromHours(8));

    [Test]
    public void NewId_IsUtcAndReadsBack()
    {
        var id = BackupNames.NewId(Time);

        id.Should().MatchRegex("^20260301-043456-789-[0-9a-f]{16}$").And.NotBe(BackupNames.NewId(Time));
        BackupNames.TryGetTime(id, out var time).Should().BeTrue();
        time.Should().Be(Time);
    }

    [Test]
    public void NewId_AnyCulture_IsTheSame()
    {
        var culture = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = new("ar-SA");
            var id = BackupNames.NewId(Time);
            id.Should().StartWith("20260301-043456-789-");
            BackupNames.IsId(id).Should().BeTrue();
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = culture;
        }
    }

    [TestCase("")]
    [TestCase("20260301-043456-789-0123456789abcde")]
    [TestCase("20260301-043456-789-0123456789abcdef0")]
    [TestCase("20260301-043456-789-0123456789abcdeF")]
    [TestCase("20260301-043456-789-0123456789abcde/")]
    [TestCase("20260231-043456-789-0123456789abcdef")]
    [TestCase("20260301-043456-789.0123456789abcdef")]
    [TestCase("../../..-043456-789-0123456789abcdef")]
    [TestCase(" 0260301-043456-789-0123456789abcdef")]
    public void IsId_Others_AreNone(string text) => BackupNames.IsId(text).Should().BeFalse();

    [TestCase("", "")]
    [TestCase("acme", "tenants/")]
    [TestCase("../..", "tenants/")]
    public void Names_AnyTenant_AreGoodNames(string tenant, string root)
    {
        var names = new BackupNames(tenant);
        var id = BackupNames.NewId(Time);

        names.Manifest(id).Should().StartWith(root).And.EndWith("manifests/" + id);
        foreach (var name in new[] { names.Manifest(id), names.Chunks(id) + new string('0', 64), names.Pending(id) + "1772340896789-0123456789abcdef" })
            BackupObjectName.IsValid(name).Should().BeTrue(name);
        BackupNames.SegmentAfter(names.AllPending, names.Pending(id) + "x").Should().Be(id);
    }
}
