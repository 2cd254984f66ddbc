using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>
/// Reads documents: a peek and a touch by the document's own window by a script, a touch by a known window by GETEX. That counts
/// from the server's clock as it is, so a script does the same while the clock is behind.
/// </summary>
internal sealed class DocumentReads(RedisConnection connection, RedisKeys keys, ServerClock clock)
{
    public ValueTask<StateContent?> ReadAsync(DocumentRead read) => read.Touch switch
    {
        null => PeekAsync(read),
        { Kind: StateExpiryKind.Keep } => TouchAsync(read, ""),
        { Window: var window } when read.HeadOnly || clock.IsBehind => TouchAsync(read, ExpiryPlan.Milliseconds(window)),
        { Window: var window } => SlideAsync(read, window),
    };

    /// <summary>One GETEX, when the header already says what it makes of the expiry; else a script mends the header.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StateContent?> SlideAsync(DocumentRead read, TimeSpan window)
    {
        var key = keys.Of(read.Key);
        RedisValue value;
        try
        {
            value = await connection.SendAsync((key, window), static (primary, a) => primary.SlideAsync(a.key, a.window)).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (RedisFaults.RefusesWrites(exception))
        {
            return await PeekAsync(read).ConfigureAwait(false);
        }
        if (value.IsNull) return null;

        ReadOnlyMemory<byte> bytes = value;
        var now = clock.Now;
        var expiry = StateExpiry.Sliding(window).Resolve(now);
        if (DocumentHeader.Slides(bytes.Span, window)) return DocumentHeader.Content(bytes, expiry);
        var content = DocumentHeader.Read(read.Key, bytes, now.ToUnixTimeMilliseconds());
        var etag = new byte[16];
        content.ETag.WriteTo(etag);
        await connection.EvaluateAsync(ReadScripts.Touch, [key], ["1", ExpiryPlan.Milliseconds(window), etag]).ConfigureAwait(false);
        return content with { Expiry = expiry };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StateContent?> TouchAsync(DocumentRead read, RedisValue window) =>
        Show(read, await connection.EvaluateAsync(ReadScripts.Touch, [keys.Of(read.Key)], [read.HeadOnly ? "1" : "", window, ""]).ConfigureAwait(false));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StateContent?> PeekAsync(DocumentRead read) =>
        Show(read, await connection.EvaluateAsync(ReadScripts.Peek, [keys.Of(read.Key)], [read.HeadOnly ? "1" : ""]).ConfigureAwait(false));

    /// <summary>What a script answered of a document.</summary>
    public static DocumentContent? Show(DocumentRead read, RedisResult reply) =>
        reply.IsNull ? null : DocumentHeader.Read(read.Key, (ReadOnlyMemory<byte>)(RedisValue)reply[0], reply.Length > 1 ? (long)reply[1] : -1);
}
