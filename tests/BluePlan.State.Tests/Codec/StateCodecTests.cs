using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateCodecTests
{
    private static readonly StateKey Key = new(0, StateShape.Document, "thing", "one");
    private static readonly ValueLocation At = ValueLocation.Document(Key);
    private static readonly ConfigHead Head = new(3, new(2026, 3, 1, 12, 0, 0, 500, TimeSpan.Zero));
    private static readonly StateCodec Codec = new(new JsonStateSerializer([]));

    // What version 1 of the envelope looks like. These bytes are in stores and backups: they are read for ever, so they never change here.
    private const string GoldenValue = "01010000" + "7B224E616D65223A22E69D8EE99BB75C6E222C22436F756E74223A337D";
    private const string GoldenEscapedValue = "01010000" + "7B224E616D65223A225C75363734455C75393646375C6E222C22436F756E74223A337D";
    private const string GoldenHeadAndValue = "01010000" + "7B2276657273696F6E223A332C2273617665644174223A313737323336363430303530307D" + "0A" + "226122";
    private const string GoldenHeadWithATextAndValue = "01010000" + "7B2276657273696F6E223A332C2273617665644174223A22323032362D30332D30315431323A30303A30302E352B30303A3030227D" + "0A" + "226122";
    private const string GoldenRecord = "01010000" + "7B2276657273696F6E223A332C2273617665644174223A313737323336363430303530307D";
    private const string GoldenForeign = "01C80000" + "6B6361626177";

    [Test]
    public void Encode_Value_WritesTheGoldenBytes()
    {
        using var buffer = Codec.Encode(At, new Thing("李雷\n", 3));

        Convert.ToHexString(buffer.Written.Span).Should().Be(GoldenValue);
    }

    [TestCase(GoldenValue)]
    [TestCase(GoldenEscapedValue)]
    [TestCase("0201000000" + "7B224E616D65223A22E69D8EE99BB75C6E222C22436F756E74223A337D")]
    public void Decode_GoldenValue_IsTheValue(string golden) =>
        Codec.Decode(At, Convert.FromHexString(golden)).ReadBody<Thing>().Should().Be(new Thing("李雷\n", 3));

    [TestCase("22 5C 75 64 38 33 64 22")]
    [TestCase("22 5C 75 64 65 30 30 22")]
    [TestCase("22 5C 75 64 38 33 64 78 22")]
    [TestCase("22 FF 5C 6E 22")]
    public void Encode_TextThatIsNotWellFormed_SaysSo(string json)
    {
        var element = JsonElement.Parse(Convert.FromHexString(json.Replace(" ", "", StringComparison.Ordinal)));

        FluentActions.Invoking(() => Codec.Encode(At, element)).Should().Throw<ArgumentException>().WithMessage("A text of the value *not well-formed*");
    }

    [TestCase("\"secret\"")]
    [TestCase("[1]")]
    public void Encode_ConverterTakesAnElementForANumber_SaysSoAndNotThatItsTextIsBroken(string json)
    {
        var thrown = FluentActions.Invoking(() => Codec.Encode(At, new Priced(JsonElement.Parse(json), AsText: false))).Should().Throw<ArgumentException>().Which;

        thrown.Message.Should().StartWith("A converter of the value takes a part of it for another JSON type");
        thrown.InnerException.Should().BeOfType<JsonException>();
        thrown.ToString().Should().NotContain("secret");
    }

    [Test]
    public void Encode_ConverterReadsTextThatIsNotUtf8_SaysSo() =>
        FluentActions.Invoking(static () => Codec.Encode(At, new Priced(JsonElement.Parse([(byte)'"', 0xFF, (byte)'"']), AsText: true))).Should().Throw<ArgumentException>().WithMessage("A text of the value *not well-formed*");

    [Test]
    public void Encode_HeadAndValue_WritesTheGoldenBytes()
    {
        using var buffer = Codec.Encode(At, Head, ConfigJson.Default.ConfigHead, "a");

        Convert.ToHexString(buffer.Written.Span).Should().Be(GoldenHeadAndValue);
    }

    [TestCase(GoldenHeadAndValue)]
    [TestCase(GoldenHeadWithATextAndValue)]
    [TestCase("0201000000" + "7B2276657273696F6E223A332C2273617665644174223A313737323336363430303530307D" + "0A" + "226122")]
    public void DecodeWithHead_GoldenBytes_AreHeadAndValue(string golden)
    {
        var decoded = Codec.DecodeWithHead(At, Convert.FromHexString(golden));

        decoded.ReadHead(ConfigJson.Default.ConfigHead).Should().Be(Head);
        decoded.ReadBody<string>().Should().Be("a");
        decoded.Body.Format.Should().Be(1);
    }

    [Test]
    public void EncodeRecord_Record_WritesTheGoldenBytes()
    {
        using var buffer = Codec.EncodeRecord(At, Head, ConfigJson.Default.ConfigHead);

        Convert.ToHexString(buffer.Written.Span).Should().Be(GoldenRecord);
        Codec.Decode(At, buffer.Written).ReadRecord(ConfigJson.Default.ConfigHead).Should().Be(Head);
    }

    [Test]
    public void Encode_ForeignSerializer_WritesTheGoldenBytesUnderItsFormat()
    {
        var codec = new StateCodec(new BackwardsSerializer());
        using var buffer = codec.Encode(At, "waback");

        Convert.ToHexString(buffer.Written.Span).Should().Be(GoldenForeign);
        codec.Decode(At, Convert.FromHexString(GoldenForeign)).ReadBody<string>().Should().Be("waback");
        codec.IsJson.Should().BeFalse();
        Codec.IsJson.Should().BeTrue();
    }

    [Test]
    public void Encode_HeadBeforeForeignValue_KeepsBothApart()
    {
        var codec = new StateCodec(new BackwardsSerializer());
        using var buffer = codec.Encode(At, Head, ConfigJson.Default.ConfigHead, "a\nb\n");

        var decoded = codec.DecodeWithHead(At, buffer.Written);
        decoded.ReadHead(ConfigJson.Default.ConfigHead).Should().Be(Head);
        decoded.ReadBody<string>().Should().Be("a\nb\n");
        decoded.Body.Format.Should().Be(200);
    }

    [Test]
    public void Encode_NewHeadBeforeOldBody_KeepsBodyAndFormat()
    {
        var codec = new StateCodec(new BackwardsSerializer());
        using var old = codec.Encode(At, Head, ConfigJson.Default.ConfigHead, "body");
        using var buffer = Codec.Encode(At, Head with { Version = 4 }, ConfigJson.Default.ConfigHead, codec.DecodeWithHead(At, old.Written).Body);

        var decoded = codec.DecodeWithHead(At, buffer.Written);
        decoded.ReadHead(ConfigJson.Default.ConfigHead).Version.Should().Be(4);
        decoded.ReadBody<string>().Should().Be("body");
    }

    [Test]
    public void ReadBody_WrittenByAnotherSerializer_NamesBothFormats()
    {
        var thrown = Codec.Invoking(c => c.Decode(At, Convert.FromHexString(GoldenForeign)).ReadBody<string>()).Should().Throw<StateSchemaException>().Which;
        thrown.Message.Should().Contain("format 200").And.Contain("format 1").And.Contain("Register the serializer");
        thrown.Key.Should().Be("thing one");
        new StateCodec(new BackwardsSerializer()).Invoking(c => c.Decode(At, Convert.FromHexString(GoldenValue)).ReadBody<string>()).Should().Throw<StateSchemaException>();
    }

    [Test]
    public void ReadBody_SerializerThrows_KeepsItsException()
    {
        var thrown = new StateCodec(new BackwardsSerializer()).Invoking(c => c.Decode(At, Convert.FromHexString("01C80000FF")).ReadBody<string>()).Should().Throw<StateSchemaException>().Which;

        thrown.InnerException.Should().BeOfType<DecoderFallbackException>();
    }

    [Test]
    public void ReadBody_OfATenant_NamesTheThingInItsKeyAlone()
    {
        var thrown = Codec.Invoking(static c => c.Decode(ValueLocation.Document(new(0, StateShape.Document, "thing", "acme/one")), Convert.FromHexString(GoldenForeign)).ReadBody<string>()).Should().Throw<StateSchemaException>().Which;

        thrown.Key.Should().Be("thing one");
        thrown.ToString().Should().NotContain("one, and").And.NotContain("acme");
    }

    [Test]
    public void Encode_DeeperThanCanBeRead_IsRefused()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
        JsonElement Parse(string json) => JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000 });
        object cycle = new List<object>();
        ((List<object>)cycle).Add(cycle);

        using var deepest = Codec.Encode(At, Parse(Nested(64)));
        Codec.Decode(At, deepest.Written).ReadBody<JsonElement>().GetRawText().Should().Be(Nested(64));
        Codec.Invoking(c => c.Encode(At, Parse(Nested(65)))).Should().Throw<ArgumentException>().WithMessage("*64 levels*");
        Codec.Invoking(c => c.Encode(At, cycle)).Should().Throw<ArgumentException>().WithMessage("*64 levels*").WithInnerException<JsonException>();
    }

    [Test]
    public void Encode_SerializerThrows_PassesItOn()
    {
        var codec = new StateCodec(new BackwardsSerializer());

        codec.Invoking(c => c.Encode(At, 7)).Should().Throw<InvalidCastException>();
        codec.Invoking(c => c.Encode(At, Head, ConfigJson.Default.ConfigHead, 7)).Should().Throw<InvalidCastException>();
    }

    [TestCase("7B226122")]
    [TestCase("010100")]
    public void Decode_NoEnvelope_IsCorrupt(string hex)
    {
        Codec.Invoking(c => c.Decode(At, Convert.FromHexString(hex))).Should().Throw<StateCorruptionException>().Which.Key.Should().Be("thing one");
        Codec.Invoking(c => c.DecodeWithHead(At, Convert.FromHexString(hex))).Should().Throw<StateCorruptionException>();
        Codec.Invoking(c => c.Reencode(At, At, Convert.FromHexString(hex))).Should().Throw<StateCorruptionException>();
    }

    [Test]
    public void Reencode_Value_IsItForTheOtherPlaceAlone()
    {
        var codec = new StateCodec(new JsonStateSerializer([]), envelope: new BoundEnvelope());
        var field = ValueLocation.Field(new(0, StateShape.Map, "things", "all"), "one");
        using var stored = codec.Encode(At, Head, ConfigJson.Default.ConfigHead, "a");
        using var moved = codec.Reencode(At, field, stored.Written);

        var decoded = codec.DecodeWithHead(field, moved.Written);
        decoded.ReadHead(ConfigJson.Default.ConfigHead).Should().Be(Head);
        decoded.ReadBody<string>().Should().Be("a");
        codec.Invoking(c => c.Decode(At, moved.Written)).Should().Throw<StateCorruptionException>();
        codec.Invoking(c => c.Decode(field, stored.Written)).Should().Throw<StateCorruptionException>();
        codec.Invoking(c => c.Reencode(field, At, stored.Written)).Should().Throw<StateCorruptionException>();
    }

    [TestCase(GoldenForeign)]
    [TestCase("02C8000000" + "6B6361626177")]
    public void Reencode_ValueOfAnyFormat_KeepsFormatAndPayloadInVersion1(string golden)
    {
        using var moved = Codec.Reencode(At, At, Convert.FromHexString(golden));

        Convert.ToHexString(moved.Written.Span).Should().Be(GoldenForeign);
    }

    [Test]
    public void Reencode_NoBytes_StaysNoBytes()
    {
        using var moved = Codec.Reencode(At, At, default);

        moved.Written.Length.Should().Be(0);
    }

    [Test]
    public void Measure_Record_IsWhatItTakesAtMost()
    {
        using var encoded = Codec.EncodeRecord(At, Head, ConfigJson.Default.ConfigHead);

        Codec.Measure(Head, ConfigJson.Default.ConfigHead).Should().Be(encoded.Written.Length);
    }

    [Test]
    public void Location_OfAnotherShape_IsRefused()
    {
        FluentActions.Invoking(() => ValueLocation.Field(Key, "a")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => ValueLocation.Entry(Key, "a")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => ValueLocation.Document(new(0, StateShape.Log, "log", "a"))).Should().Throw<ArgumentException>();
    }

    [TestCase("01010000", TestName = "ReadBody_NoBody_IsCorrupt")]
    [TestCase("010100007B22", TestName = "ReadBody_HalfTheJson_IsCorrupt")]
    [TestCase("01010000FFFE", TestName = "ReadBody_NoUtf8_IsCorrupt")]
    public void ReadBody_Damaged_IsCorrupt(string hex) =>
        Codec.Invoking(c => c.Decode(At, Convert.FromHexString(hex)).ReadBody<Thing>()).Should().Throw<StateCorruptionException>();

    [TestCase("01010000333334", TestName = "ReadBody_AnotherType_DoesNotFit")]
    [TestCase("0101000022612E6222", TestName = "ReadBody_Text_DoesNotFit")]
    [TestCase("01020000" + "7B7D", TestName = "ReadBody_UnknownFormat_DoesNotFit")]
    public void ReadBody_Whole_DoesNotFit(string hex)
    {
        var thrown = Codec.Invoking(c => c.Decode(At, Convert.FromHexString(hex)).ReadBody<Thing>()).Should().Throw<StateSchemaException>().Which;

        (thrown.TargetType, thrown.Key).Should().Be((typeof(Thing), "thing one"));
        thrown.Message.Should().NotContain("one,").And.NotContain("a.b");
    }

    [Test]
    public void DecodeWithHead_HeadIsDamaged_IsCorrupt()
    {
        byte[] Stored(string payload) => [1, 1, 0, 0, .. Encoding.UTF8.GetBytes(payload)];

        Codec.Invoking(c => c.DecodeWithHead(At, Stored("{}"))).Should().Throw<StateCorruptionException>().WithMessage("*no head*");
        Codec.Invoking(c => c.DecodeWithHead(At, Stored("{\n1")).ReadHead(ConfigJson.Default.ConfigHead)).Should().Throw<StateCorruptionException>().Which.InnerException.Should().BeOfType<JsonException>();
        Codec.Invoking(c => c.DecodeWithHead(At, Stored("null\n1")).ReadHead(ConfigJson.Default.ConfigHead)).Should().Throw<StateCorruptionException>();
        Codec.Invoking(c => c.DecodeWithHead(At, Stored("\n1")).ReadHead(ConfigJson.Default.ConfigHead)).Should().Throw<StateCorruptionException>();
    }

    [Test]
    public void Encode_TypeThatNoContextKnows_SaysWhatToDo()
    {
        var codec = new StateCodec(new JsonStateSerializer([ConfigJson.Default], allowReflection: false));

        codec.Invoking(c => c.Encode(At, new Thing("a", 1))).Should().Throw<NotSupportedException>().WithMessage("*Thing*JsonSerializable(typeof(Thing))*UseJson*");
        codec.Invoking(c => c.Decode(At, Convert.FromHexString(GoldenValue)).ReadBody<Thing>()).Should().Throw<NotSupportedException>();
        using var known = codec.Encode(At, Head);
        codec.Decode(At, known.Written).ReadBody<ConfigHead>().Should().Be(Head);
        using var plain = codec.Encode(At, new Dictionary<string, string> { ["a"] = "b" });
        codec.Decode(At, plain.Written).ReadBody<JsonElement>().GetProperty("a").GetString().Should().Be("b");
    }

    [Test]
    public void Encode_PlainTypeThatAHostsContextKnows_GoesByThatOne()
    {
        var codec = new StateCodec(new JsonStateSerializer([new Shouting()]));

        using var encoded = codec.Encode(At, "hello");

        Encoding.UTF8.GetString(encoded.Written.Span[4..]).Should().Be("\"HELLO\"");
    }

    [Test]
    public void Encode_BigValue_ComesBack()
    {
        var big = string.Concat(Enumerable.Range(0, 200_000).Select(i => (char)('a' + i % 26)));
        using var buffer = Codec.Encode(At, big);

        buffer.Written.Length.Should().Be(4 + 200_000 + 2);
        Codec.Decode(At, buffer.Written).ReadBody<string>().Should().Be(big);
    }

    private sealed record Thing(string Name, int Count);

    /// <summary>A host's own way with texts.</summary>
    private sealed class Shouting : JsonConverter<string>, IJsonTypeInfoResolver
    {
        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) => type == typeof(string) ? JsonMetadataServices.CreateValueInfo<string>(options, this) : null;

        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToUpperInvariant());
    }

    /// <summary>A host's own format: text backwards.</summary>
    private sealed class BackwardsSerializer : IStateSerializer
    {
        private static readonly UTF8Encoding Strict = new(false, true);

        public byte FormatId => 200;

        public void Serialize<T>(T value, IBufferWriter<byte> destination) => destination.Write(Strict.GetBytes([.. ((string)(object)value!).Reverse()]));

        public T Deserialize<T>(ReadOnlySpan<byte> source) => (T)(object)new string([.. Strict.GetString(source).Reverse()]);
    }

    [JsonConverter(typeof(PricedConverter))]
    private sealed record Priced(JsonElement Price, bool AsText);

    private sealed class PricedConverter : JsonConverter<Priced>
    {
        public override Priced Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Priced value, JsonSerializerOptions options)
        {
            if (value.AsText) writer.WriteStringValue(value.Price.GetString());
            else writer.WriteNumberValue(value.Price.GetInt32());
        }
    }
}
