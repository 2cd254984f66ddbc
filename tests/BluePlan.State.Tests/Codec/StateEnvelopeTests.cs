using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Holds the two versions of the envelope: what was written in either is read for ever.</summary>
public sealed class StateEnvelopeTests
{
    private const string Payload = "7B2261223A317D";

    // Version 1: version, format, 0, 0, payload.
    private const string Golden1 = "01010000" + Payload;
    private const string GoldenForeign1 = "01C80000" + "6B6361626177";

    // Version 2: version, format, compression, encryption, length of the key id, key id, nonce, ciphertext, tag.
    private const string Golden2 = "0201000000" + Payload;
    private const string GoldenForeign2 = "02C8000000" + "6B6361626177";
    private const string GoldenCompressed2 = "0201010000" + "07" + "0B0380" + Payload + "03";
    private const string GoldenEncrypted2 = "0201000104" + "6B657931" + "000102030405060708090A0B0C0D0E0F1011121314151617" + "A1A2A3A4A5A6A7" + "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF";

    private static readonly ValueLocation At = ValueLocation.Document(new(0, StateShape.Document, "thing", "acme/one"));

    [TestCase(Golden1, 1, Payload)]
    [TestCase(GoldenForeign1, 200, "6B6361626177")]
    [TestCase(Golden2, 1, Payload)]
    [TestCase(GoldenForeign2, 200, "6B6361626177")]
    [TestCase("01010000", 1, "")]
    [TestCase("0201000000", 1, "")]
    public void Open_EitherVersion_IsFormatAndPayload(string stored, byte format, string payload)
    {
        var opened = Open(Convert.FromHexString(stored));

        (opened.Format, Convert.ToHexString(opened.Bytes.Span)).Should().Be((format, payload));
    }

    [Test]
    public void Complete_Payload_IsVersion1()
    {
        var begun = StateEnvelope.Instance.Begin(1);
        begun.Write(Convert.FromHexString(Payload));
        using var completed = StateEnvelope.Instance.Complete(At, begun);

        Convert.ToHexString(completed.Written.Span).Should().Be(Golden1);
        completed.Written.Length.Should().BeLessThanOrEqualTo(Payload.Length / 2 + StateEnvelope.Instance.MaxOverhead);
    }

    [TestCase(GoldenCompressed2, "compressed (method 1)")]
    [TestCase("0201020000" + "07" + Payload, "compressed (method 2)")]
    [TestCase("0201FF0000" + "07" + Payload, "compressed (method 255)")]
    [TestCase(GoldenEncrypted2, "encrypted (method 1)")]
    [TestCase("0201010204" + "6B657931" + "000102030405060708090A0B0C0D0E0F1011121314151617" + "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF", "encrypted (method 2)")]
    [TestCase("03010000", "version 3 of the stored format")]
    [TestCase("1F", "version 31 of the stored format")]
    public void Open_NeedsAFeatureOrANewerVersion_SaysWhich(string stored, string what)
    {
        var thrown = FluentActions.Invoking(() => Open(Convert.FromHexString(stored))).Should().Throw<StateVersionException>().Which;

        thrown.Message.Should().Contain(what).And.Contain("Update the library").And.NotContain("one").And.NotContain("acme");
        thrown.Key.Should().Be("thing one");
    }

    [TestCase("", Description = "nothing")]
    [TestCase("01", Description = "a version alone")]
    [TestCase("010100", Description = "three of the four bytes of version 1")]
    [TestCase("0101010031", Description = "version 1 compresses nothing")]
    [TestCase("0101000131", Description = "version 1 encrypts nothing")]
    [TestCase("02010000", Description = "four of the five bytes of version 2")]
    [TestCase("0201000001" + "41" + Payload, Description = "a key id, and not encrypted")]
    [TestCase("0201010001" + "41" + Payload, Description = "a key id, compressed and not encrypted")]
    [TestCase("0201000100" + "000102030405060708090A0B0C0D0E0F1011121314151617" + "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF", Description = "encrypted without a key id")]
    [TestCase("0001000000" + Payload, Description = "version 0")]
    [TestCase("2001000000" + Payload, Description = "text")]
    [TestCase(Payload, Description = "JSON")]
    [TestCase("FF01000000" + Payload, Description = "binary")]
    public void Open_Malformed_IsCorrupt(string stored) =>
        FluentActions.Invoking(() => Open(Convert.FromHexString(stored))).Should().Throw<StateCorruptionException>().Which.Key.Should().Be("thing one");

    [Test]
    public void Open_EncryptedAndCut_IsCorrupt()
    {
        // The key id, the nonce and the tag are 4, 24 and 16 bytes; a ciphertext may have none.
        var whole = Convert.FromHexString(GoldenEncrypted2);
        for (var length = 0; length < 5 + 4 + 24 + 16; length++)
            FluentActions.Invoking(() => Open(whole[..length])).Should().Throw<StateCorruptionException>("{0} bytes are left", length);
        FluentActions.Invoking(() => Open(whole[..(5 + 4 + 24 + 16)])).Should().Throw<StateVersionException>();
    }

    [TestCase(32, true)]
    [TestCase(33, false)]
    [TestCase(255, false)]
    public void Open_LengthOfTheKeyId_IsAtMost32(byte length, bool isWhole)
    {
        byte[] stored = [2, 1, 0, 1, length, .. new byte[1_000]];

        if (isWhole) FluentActions.Invoking(() => Open(stored)).Should().Throw<StateVersionException>();
        else FluentActions.Invoking(() => Open(stored)).Should().Throw<StateCorruptionException>();
    }

    [Test]
    public void Open_RandomHeaders_AreOpenedOnlyWhenWhole()
    {
        var random = new Random(20261201);
        var opened = 0;
        for (var run = 0; run < 200_000; run++)
        {
            var stored = new byte[random.Next(64)];
            random.NextBytes(stored);
            // Nearly right headers are the ones that matter.
            for (var i = 0; i < Math.Min(5, stored.Length); i++)
                if (random.Next(4) > 0) stored[i] = (byte)random.Next(i is 0 ? 4 : 2);
            var expected = stored switch
            {
                [1, _, 0, 0, ..] => 4,
                [2, _, 0, 0, 0, ..] => 5,
                _ => -1,
            };
            try
            {
                var (format, payload) = Open(stored);
                (format, stored.Length - payload.Length, payload.Span.SequenceEqual(stored.AsSpan(stored.Length - payload.Length))).Should().Be((stored[1], expected, true));
                opened++;
            }
            catch (StateException exception)
            {
                expected.Should().Be(-1, "{0} is whole", Convert.ToHexString(stored));
                (exception is StateCorruptionException or StateVersionException).Should().BeTrue();
            }
        }
        opened.Should().BeGreaterThan(5_000);
    }

    private static SerializedValue Open(byte[] stored) => StateEnvelope.Instance.Open(At, stored);
}
