using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Writes text of every script as it is, and refuses text that is not well-formed, which encoders of .NET change to
/// U+FFFD without a word.
/// </summary>
/// <remarks>
/// The writer asks for the first character that it may not copy as it is. Half a surrogate pair is one, so text that is
/// well-formed and needs no escapes, nearly all of it, is looked at once, by the inner encoder; only what is
/// escaped is looked at again.
/// </remarks>
internal sealed unsafe class StrictJsonEncoder : JavaScriptEncoder
{
    /// <summary>
    /// Text of every script as it is, in its own bytes rather than in six for each character: what is stored stands in
    /// no HTML, where that would matter.
    /// </summary>
    private static readonly JavaScriptEncoder Inner = UnsafeRelaxedJsonEscaping;

    public static readonly StrictJsonEncoder Instance = new();

    private StrictJsonEncoder() { }

    public override int MaxOutputCharactersPerInputCharacter => Inner.MaxOutputCharactersPerInputCharacter;

    public override int FindFirstCharacterToEncode(char* text, int textLength) => Inner.FindFirstCharacterToEncode(text, textLength);

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => Inner.FindFirstCharacterToEncodeUtf8(utf8Text);

    public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Inner.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    public override bool WillEncode(int unicodeScalar) => Inner.WillEncode(unicodeScalar);

    /// <exception cref="ArgumentException">The text has half a surrogate pair.</exception>
    public override OperationStatus Encode(ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
    {
        // The other half may come with the next block.
        var whole = !isFinalBlock && source is [.., var last] && char.IsHighSurrogate(last) ? source[..^1] : source;
        return StateText.IsWellFormed(whole) ? Inner.Encode(source, destination, out charsConsumed, out charsWritten, isFinalBlock) : throw NotWellFormed("has half a surrogate pair");
    }

    /// <exception cref="ArgumentException">The text is not UTF-8.</exception>
    public override OperationStatus EncodeUtf8(ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true)
    {
        var status = Inner.EncodeUtf8(utf8Source, utf8Destination, out bytesConsumed, out bytesWritten, isFinalBlock);
        return Utf8.IsValid(utf8Source[..bytesConsumed]) ? status : throw NotWellFormed("is not well-formed UTF-8");
    }

    private static ArgumentException NotWellFormed(string fault) => new($"A text of the value {fault}, so it would not be read back as it was. Remove the broken character.");
}
