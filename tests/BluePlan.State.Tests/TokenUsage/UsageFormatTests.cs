using System.Text;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Holds the stored forms of token usage: what a released version wrote is read for ever.</summary>
public sealed class UsageFormatTests
{
    private const string Handle = "0123456789abcdef0123456789abcdef";

    private static readonly StateKey Key = new(0, StateShape.Document, "usage-request", "/ann/r");
    private static readonly StateCodec Codec = new(new JsonStateSerializer([]));

    private static readonly UsageDetail Full = new()
    {
        Model = "m", At = 1772366400000, Session = Handle, Input = 100, Output = 40, Cached = 30, CacheWrite = 20, Reasoning = 15, CacheWriteOneHour = 5, Tier = "batch", Cost = 7,
    };

    [TestCase("""{"model":"m","at":1772366400000,"input":10,"output":5}""", false, Description = "before unpriced requests were told")]
    [TestCase("""{"model":"m","at":1772366400000,"input":10,"output":5,"unpriced":true}""", true)]
    [TestCase("""{"model":"m","at":1772366400000,"input":10,"output":5,"later":{"version":2}}""", false)]
    public void Detail_WrittenByAReleasedVersion_IsRead(string json, bool isUnpriced) =>
        Read(json).ToRecord("ann", "r").Usage.Should().Be(new TokenTotals(1, 10, 5, 0, 0, 0, 0) { UnpricedRequests = isUnpriced ? 1 : 0, UnpricedTokens = isUnpriced ? 15 : 0 });

    [Test]
    public void Detail_OfEverything_IsWrittenAsEver()
    {
        const string json = """{"model":"m","at":1772366400000,"session":"0123456789abcdef0123456789abcdef","input":100,"output":40,"cached":30,"cacheWrite":20,"reasoning":15,"cacheWriteOneHour":5,"tier":"batch","cost":7}""";
        using var buffer = Codec.EncodeRecord(ValueLocation.Document(Key), Full, UsageJson.Default.UsageDetail);

        Encoding.UTF8.GetString(buffer.Written.Span[4..]).Should().Be(json);
        Read(json).Should().Be(Full);
    }

    [TestCase("t%2F1/ann%25/a/739676/492324/0123456789abcdef0123456789abcdef/1,10,5,0,3/3:r/1m:1", false, Description = "before unpriced requests were told")]
    [TestCase("t%2F1/ann%25/a/739676/492324/0123456789abcdef0123456789abcdef/1,10,5,0,3,0,0,1,15/3:r/1m:1", true)]
    public void Pending_WrittenByAReleasedVersion_IsReadAndWrittenAsEver(string member, bool isUnpriced)
    {
        PendingUsage.TryParse(new(member, 1772366400000), out var usage).Should().BeTrue();

        usage.Should().Be(new PendingUsage("t/1", "ann%", "r/1", "m:1", Handle, DateOnly.FromDayNumber(739676), 492324, 1772366400000,
            new(1, 10, 5, 3, 0, 0, 0) { UnpricedRequests = isUnpriced ? 1 : 0, UnpricedTokens = isUnpriced ? 15 : 0 }));
        usage!.ToMember().Should().Be(new IndexMember(member, 1772366400000));
    }

    [TestCase("m/gpt-4", 0, "gpt-4", false)]
    [TestCase("m1/gpt-4", 1, "gpt-4", false)]
    [TestCase("mu/gpt-4", 0, "gpt-4", true)]
    [TestCase("mu12/unpriced/m/u", 12, "unpriced/m/u", true)]
    public void Fields_OfModels_AreReadAsEver(string field, int level, string model, bool isUnpriced)
    {
        (UsageFields.IsModel(field), UsageFields.ModelOf(field), UsageFields.IsUnpriced(field)).Should().Be((true, model, isUnpriced));
        UsageFields.Model(model, isUnpriced, level).Should().Be(field);
    }

    [TestCase("q/1969296/gpt-4", 0, false)]
    [TestCase("q3/1969296/gpt-4", 3, false)]
    [TestCase("qu/1969296/gpt-4", 0, true)]
    [TestCase("qu3/1969296/gpt-4", 3, true)]
    public void Fields_OfQuarters_AreReadAsEver(string field, int level, bool isUnpriced)
    {
        UsageFields.TryReadQuarter(field, out var quarter, out var model).Should().BeTrue();

        (quarter, model, UsageFields.IsUnpriced(field)).Should().Be((1969296, "gpt-4", isUnpriced));
        UsageFields.Quarter(quarter, model, isUnpriced, level).Should().Be(field);
    }

    [Test]
    public void Month_WrittenByAReleasedVersion_IsRead()
    {
        var month = Codec.Decode(ValueLocation.Document(Key), Encoding.UTF8.GetBytes("\u0001\u0001\0\0" + """{"models":{"m":[2,20,10,7],"n":[1,1,1,0,0,0,0,1,2]}}""")).ReadRecord(UsageJson.Default.UsageMonth);
        var sums = new UsageSums();
        sums.Add(month);

        sums.ToTotals().ByModel.Should().Equal(new Dictionary<string, TokenTotals>
        {
            ["m"] = new(2, 20, 10, 0, 0, 0, 7), ["n"] = new(1, 1, 1, 0, 0, 0, 0) { UnpricedRequests = 1, UnpricedTokens = 2 },
        });
    }

    private static UsageDetail Read(string json) => Codec.Decode(ValueLocation.Document(Key), Encoding.UTF8.GetBytes("\u0001\u0001\0\0" + json)).ReadRecord(UsageJson.Default.UsageDetail);
}
