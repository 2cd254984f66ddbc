using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>Contents as text: equal contents give equal texts, and a test that fails shows where two differ.</summary>
internal static class StatePicture
{
    public static string Of(StateKey key) => $"{key.Partition}/{key.Shape}/{key.Type}/{Of(key.Id)}";

    public static string Of(StateContent? content, bool withInstants = true) => content switch
    {
        null => "absent",
        DocumentContent document => $"document {document.ETag}, {Of(document.Expiry, withInstants)}, {Of(document.Value)}",
        MapContent map => Lines($"map of {map.Fields.Count}, {Of(map.Expiry, withInstants)}", map.Fields.OrderBy(field => field.Key, StringComparer.Ordinal), static field => $"{Of(field.Key)} = {Of(field.Value)}"),
        LogContent log => Lines($"log of {log.Count} up to {log.LastSequence}, {Of(log.Expiry, withInstants)}", log.Entries, static entry => $"{entry.Sequence} {(entry.Id is null ? "" : Of(entry.Id))} = {Of(entry.Value)}"),
        IndexContent index => Lines($"index of {index.Count}, {Of(index.Expiry, withInstants)}", index.Members, static member => $"{member.Score} {Of(member.Member)}"),
        PageContent page => Lines($"page of {page.Count}, {Of(page.Expiry, withInstants)}", page.Items, item => $"{item.Member.Score} {Of(item.Member.Member)} = {Of(item.Document, withInstants)}"),
        _ => throw new InvalidOperationException($"Unknown content {content.GetType().Name}."),
    };

    public static string Of(OperationResult result) =>
        $"count {result.Count}, value {result.Value}, vectors {(result.Vectors is null ? "none" : string.Join(' ', result.Vectors.Select(static vector => Of(new MapValue(vector)))))}";

    public static string Of(MapValue value) => value.IsCounters ? $"[{string.Join(", ", value.Counters.ToArray())}]" : Of(value.Bytes);

    public static string Of(string name) => JsonSerializer.Serialize(name);

    public static string Of(StateExpiry expiry, bool withInstants) => expiry.Kind switch
    {
        StateExpiryKind.Never => "never expires",
        _ when !withInstants => $"{expiry.Kind} {expiry.Window}, at most {expiry.AbsoluteTimeout}, {(expiry.Cap is null ? "no cap" : "capped")}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{expiry.Kind} {expiry.Window}, at most {expiry.AbsoluteTimeout}, until {expiry.Instant:O}, cap {expiry.Cap:O}"),
    };

    private static string Of(ReadOnlyMemory<byte> bytes) => bytes.Length switch
    {
        > 48 => $"{bytes.Length} bytes with SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bytes.Span)[..8])}",
        _ when bytes.Span.ContainsAnyExceptInRange((byte)' ', (byte)'~') => Convert.ToHexStringLower(bytes.Span),
        _ => $"'{Encoding.ASCII.GetString(bytes.Span)}'",
    };

    private static string Lines<T>(string head, IEnumerable<T> items, Func<T, string> line) => items.Aggregate(new StringBuilder(head), (text, item) => text.Append("\n    ").Append(line(item))).ToString();
}
